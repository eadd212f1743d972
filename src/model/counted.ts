/**
 * A number of things in words.
 *
 * @example counted(1, 'pod') // "1 pod"
 * @example counted(2, 'life', 'lives') // "2 lives"
 */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`
}
