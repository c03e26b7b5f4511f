const brand = Symbol('unreadable payload');

/**
 * Makes a stand-in for a payload that a worker cannot read: code that looks into it fails with `why`. So state that
 * cannot be read stops the workflow task, which is tried again until a worker can; and who may be sent anything asks
 * first.
 */
export function unreadable(why: string): object {
  const fail = (): never => {
    throw new Error(why);
  };
  const get = (_: object, name: string | symbol) => (name === brand ? true : fail());
  return new Proxy({}, { get, has: fail, ownKeys: fail, getOwnPropertyDescriptor: fail });
}

export function isUnreadable(value: unknown): boolean {
  return typeof value === 'object' && value !== null && (value as { [brand]?: true })[brand] === true;
}
