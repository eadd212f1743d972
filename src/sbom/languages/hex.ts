/** The repository `hexpm:acme` holds the private packages of `acme`; `hexpm` is for all. https://hex.pm/docs/private */
export function hexNamespace(repository: string | undefined): string | null {
  return /^hexpm:(.+)$/.exec(repository ?? '')?.[1]?.toLowerCase() ?? null
}
