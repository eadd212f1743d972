/** What a registry wants to know before it answers: the header WWW-Authenticate. RFC 9110 11.6.1 */
export interface Challenge {
  /** In lower case. */
  scheme: string
  /** Names in lower case. */
  parameters: ReadonlyMap<string, string>
}

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+"
const PARAMETER = new RegExp(
  String.raw`^\s*(?:,\s*)?(${TOKEN})\s*=\s*(?:"((?:[^"\\]|\\.)*)"|(${TOKEN}(?:=*)?))`,
)
const SCHEME = new RegExp(String.raw`^[\s,]*(${TOKEN})(?=\s|,|$)`)
/** Registries ask for one or two things. */
const MAX_CHALLENGES = 8
const MAX_CHARACTERS = 8192

/** Reads all challenges of the header; what cannot be understood ends the reading. */
export function parseChallenges(header: string): Challenge[] {
  const challenges: Challenge[] = []
  let rest = header.slice(0, MAX_CHARACTERS)
  while (challenges.length < MAX_CHALLENGES) {
    const scheme = SCHEME.exec(rest)
    if (scheme === null) break
    rest = rest.slice(scheme[0].length)
    const parameters = new Map<string, string>()
    for (let next = PARAMETER.exec(rest); next !== null; next = PARAMETER.exec(rest)) {
      const [whole, name = '', quoted, plain = ''] = next
      parameters.set(name.toLowerCase(), quoted?.replaceAll(/\\(.)/g, '$1') ?? plain)
      rest = rest.slice(whole.length)
    }
    challenges.push({ scheme: (scheme[1] ?? '').toLowerCase(), parameters })
  }
  return challenges
}
