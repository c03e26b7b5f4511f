import { InvalidArgumentError } from 'commander';

import { repeating } from '../command.ts';

/** An option's parser made of a parser of text, whose RangeError becomes wrong usage. */
export function once<T>(parse: (text: string) => T): (text: string) => T {
  return (text) => {
    try {
      return parse(text);
    } catch (error) {
      if (error instanceof RangeError) throw new InvalidArgumentError(error.message);
      throw error;
    }
  };
}

/** Parser of an option that may be repeated: collects the values. */
export function repeated<T>(parse: (text: string) => T): (text: string, earlier: T[] | undefined) => T[] {
  return repeating((text, earlier = []) => [...earlier, once(parse)(text)]);
}
