/** Failure: a code that decides, and a message for people that nothing decides by. */
export interface Failure {
  code: string;
  message: string;
}
