import { describe, expect, test } from 'vitest';
import { renderFacts } from '../../../lab/demo/facts.ts';
import { after, before, now, unpreparedHost } from '../../domain/migration/sample-status.ts';

const options = { color: false, width: 80, now };

describe('the directory before and after', () => {
  test('has a mark where something changed, and none where nothing did.', () => {
    expect(renderFacts(before, after, options)).toBe(
      [
        '                   before                         after',
        'Account svc-web',
        '  * state          0 unlinked                     2 completed',
        '  * enabled        yes                            no',
        '  * superseded by  absent                         dmsa-web$',
        '  * SPNs           HTTP/web.lab.example           absent',
        '                   HTTP/web.lab.example:8443',
        'dMSA dmsa-web$',
        '  * state          absent                         2 completed',
        '  * enabled        absent                         yes',
        '  * preceded by    absent                         svc-web',
        '  * SPNs           absent                         HTTP/web.lab.example',
        '                                                  HTTP/web.lab.example:8443',
        '  * encryption     absent                         AES256 (0x10)',
        '  * principals     absent                         WEB01$',
        '                                                  WEB02$',
        '                                                  WEB03$',
        '3 hosts alike: web01.lab.example, web02.lab.example, web03.lab.example',
        '  * policy         not set                        1',
        '  * event log      off                            on',
        '    services       WebApp Running, as             WebApp Running, as',
        '                   LAB\\svc-web                    LAB\\svc-web',
      ].join('\n'),
    );
    expect(renderFacts(before, before, options)).not.toContain('*');
  });

  test('shows a host that differs from its twins on its own.', () => {
    const stopped = unpreparedHost('web02.lab.example', {
      unreachable: { code: 'HOST_UNREACHABLE', message: 'no route' },
    });
    const text = renderFacts({ ...before, hosts: [before.hosts[0]!, stopped] }, null, options);
    expect(text).toContain('Host web01.lab.example');
    expect(text).toContain('Host web02.lab.example\n  * reachable');
    expect(text).toContain('no: HOST_UNREACHABLE: no route');
  });
});
