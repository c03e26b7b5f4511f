/** One line that can be copied, and what it is for. */
export interface Example {
  line: string;
  does: string;
}

/**
 * Of every command at least one; shown by `--help` and in `docs/cli.md`. A test has commander parse each, so that none
 * shows an option that there is not. Quotes are single ones, which sh and PowerShell read alike.
 */
export const examples: Record<string, [Example, ...Example[]]> = {
  demo: [
    { line: 'dmsa demo', does: 'a whole migration in a lab, in seconds' },
    { line: 'dmsa demo --scenario rejected', does: 'an approver says no: everything is undone' },
  ],
  init: [
    { line: 'dmsa init', does: 'asks for domain, management host and user' },
    {
      line: 'dmsa init --domain contoso.com --management-host mgmt --user svc-dmsa --out /etc/dmsa/dmsa.toml',
      does: 'asks for nothing; the domain controllers are those that DNS knows',
    },
  ],
  doctor: [
    { line: 'dmsa doctor', does: 'everything, with what to do about what is wrong' },
    {
      line: 'dmsa doctor --account svc-web -o json',
      does: 'also what may be done to this account, for a program',
    },
  ],
  plan: [
    {
      line: 'dmsa plan svc-web --dmsa dmsa-web --host web01.contoso.com --host web02.contoso.com --out plan.json',
      does: 'what a migration would do, saved for dmsa start',
    },
    {
      line: "dmsa plan 'CONTOSO\\svc-web' --dmsa dmsa-web --hosts-file hosts.txt --canary 2 --bake 1h --window 'sat,sun 22:00-04:00 Europe/Zurich'",
      does: 'two hosts first, the rest an hour later, on weekends at night',
    },
    {
      line: 'dmsa plan svc-web --dmsa dmsa-web --host web01.contoso.com --approver-keys approvers.jwks --required 2',
      does: 'two signed votes at each gate',
    },
    {
      line: 'dmsa plan svc-web --dmsa dmsa-web --host web01.contoso.com --gate complete:required=2,expires-after=3d,on-expiry=undo',
      does: 'two votes within three days before Complete, and one before it begins',
    },
  ],
  start: [
    { line: 'dmsa start plan.json', does: 'exactly what the plan says' },
    { line: 'dmsa start plan.json --watch -o jsonl', does: 'each change of it as one line of JSON' },
    {
      line: 'dmsa start svc-web --dmsa dmsa-web --host web01.contoso.com',
      does: 'plans, shows the plan, and asks',
    },
  ],
  status: [
    { line: 'dmsa status svc-web', does: 'how it stands, and what it waits for' },
    { line: 'dmsa status --watch svc-web', does: 'the same, until it ends' },
  ],
  list: [
    { line: 'dmsa list', does: 'what runs' },
    { line: 'dmsa list --all -o json', does: 'what has ended, too, for a program' },
    { line: 'dmsa list --waiting -o json', does: 'those that wait for votes' },
  ],
  watch: [{ line: 'dmsa watch', does: 'all that run, those first that wait for people' }],
  audit: [
    { line: 'dmsa audit', does: 'every dMSA of the domain' },
    { line: "dmsa audit --ou 'OU=Web,DC=contoso,DC=com' -o csv", does: 'those of one container, as a table' },
  ],
  discover: [
    {
      line: 'dmsa discover --account svc-web --all-servers --active-within 90d',
      does: 'which servers use the account',
    },
    {
      line: 'dmsa discover --account svc-web --hosts-file hosts.txt --dmsa dmsa-web --out plan.json',
      does: 'the same of these hosts, and the plan for those that do',
    },
  ],
  approve: [
    { line: "dmsa approve svc-web --reason 'evidence read'", does: 'shows the evidence, and asks' },
    {
      line: 'dmsa approve svc-web --hash 1f6a0b2c -y',
      does: 'for the evidence that you have seen elsewhere',
    },
  ],
  reject: [{ line: "dmsa reject svc-web --reason 'change freeze'", does: 'no: everything is undone' }],
  pause: [{ line: "dmsa pause svc-web --reason 'month-end run'", does: 'before its next step' }],
  resume: [
    { line: 'dmsa resume svc-web', does: 'and on it goes' },
    {
      line: "dmsa resume --adopt svc-web --reason 'terminated by mistake'",
      does: 'from its own journal and evidence',
    },
  ],
  undo: [{ line: "dmsa undo svc-web --reason 'web shop is slow'", does: 'shows what it will do, and asks' }],
  retry: [
    { line: 'dmsa retry svc-web', does: 'what could not be undone' },
    { line: 'dmsa retry svc-web --host web02.contoso.com', does: 'one host that failed' },
  ],
  skip: [{ line: "dmsa skip svc-web web02.contoso.com --reason 'to be scrapped'", does: 'on without it' }],
  extend: [{ line: "dmsa extend svc-web 7d --reason 'quarter end'", does: 'a week more of observation' }],
  keys: [
    { line: "dmsa keys new --for 'CONTOSO\\bob' --out bob.jwk", does: 'on the machine of whoever will vote' },
    { line: 'dmsa keys public bob.jwk', does: 'what others may have of it' },
  ],
  allow: [
    {
      line: "dmsa allow svc-web 'CONTOSO\\web09$' --reason 'new in the farm'",
      does: 'one more that may fetch the password',
    },
  ],
  worker: [
    { line: 'dmsa worker', does: 'with the settings of dmsa.toml' },
    { line: 'dmsa worker --config /etc/dmsa/dmsa.toml --set log.level=debug', does: 'with others' },
  ],
  report: [
    { line: 'dmsa report svc-web', does: 'one page for people, in the folder of records' },
    { line: 'dmsa report svc-web --format json --out report.json', does: 'signed data that can be verified' },
  ],
  verify: [
    { line: 'dmsa verify report.json --key worker.jwk', does: 'offline: is it what the worker has signed?' },
  ],
  'encryption-key': [
    {
      line: 'dmsa encryption-key --add payload.keys',
      does: 'a new key in a ring, which decrypts from now on',
    },
    { line: 'dmsa encryption-key --add payload.keys --first', does: 'one that encrypts as well' },
  ],
  'codec-server': [
    {
      line: 'dmsa codec-server --origin http://localhost:8233',
      does: "clear text in the UI of Temporal's development server",
    },
  ],
  completion: [
    { line: 'dmsa completion bash', does: 'for ~/.bashrc: source <(dmsa completion bash)' },
    {
      line: 'dmsa completion powershell',
      does: 'for $PROFILE: dmsa completion powershell | Out-String | iex',
    },
  ],
  schema: [{ line: 'dmsa schema settings', does: 'what an editor checks dmsa.toml by' }],
  lab: [{ line: 'dmsa lab --out dmsa.toml', does: 'a domain to practise on, and how to reach it' }],
};

/** What `--help` says after the options; nothing for a command without examples. */
export function examplesText(name: string): string {
  const lines = (examples[name] ?? []).map(({ line, does }) => `  # ${does}\n  ${line}`);
  return lines.length > 0 ? `\nExamples:\n${lines.join('\n')}` : '';
}
