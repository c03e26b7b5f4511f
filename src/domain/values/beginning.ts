/** A text of at most `most` characters: one that is longer ends with an ellipsis. */
export function beginningOf(text: string, most: number): string {
  const characters = [...text];
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join('')}…`;
}
