/** The parameter that a refusal is about; null: none of them. */
export function paramOf(
  { where = '', error }: { where?: string | undefined; error: string },
  names: readonly string[],
): string | null {
  return (
    names.find((name) => new RegExp(`(?:^|[\\s.])${name}$`).test(where)) ??
    names.find((name) => error.includes(`'${name}'`)) ??
    null
  )
}
