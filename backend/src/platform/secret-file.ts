/** Names the file that holds a secret, in place of the variable with the secret itself. */
export function secretFileVariable(name: string): string {
  return `${name}_FILE`;
}
