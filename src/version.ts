import packageJson from '../package.json' with { type: 'json' };

/** Of the package, as `dmsa --version` prints it. */
export const version: string = packageJson.version;
