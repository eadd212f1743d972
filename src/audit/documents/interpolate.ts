/** Variables of a `.env` file beside a Compose file. */
export type Variables = ReadonlyMap<string, string>

const REFERENCE =
  /\$\$|\$\{(?<braced>\w+)(?:(?<operator>:?[-?+])(?<operand>[^{}]*))?\}|\$(?<plain>[A-Za-z_]\w*)/g

/**
 * A text of a Compose file with its variables put in (compose-spec, interpolation): from `.env`, else from their defaults.
 * Null where it hangs on a variable that only the shell knows.
 *
 * @example interpolate('${MEMORY:-512m}', new Map()) // '512m'
 */
export function interpolate(text: string, variables: Variables): string | null {
  if (!text.includes('$')) return text
  let isKnown = true
  const filled = text.replace(REFERENCE, (whole, ...rest: unknown[]) => {
    if (whole === '$$') return '$'
    const groups = rest.at(-1)
    const { braced, plain, operator = '', operand = '' } = isGroups(groups) ? groups : {}
    const value = variables.get(braced ?? plain ?? '')
    const isSet = value !== undefined && (value !== '' || !operator.startsWith(':'))
    if (operator.endsWith('+')) return isSet ? operand : ''
    if (isSet) return value
    if (operator.endsWith('-')) return operand
    isKnown = false
    return ''
  })
  return isKnown ? filled : null
}

function isGroups(value: unknown): value is Record<string, string | undefined> {
  return typeof value === 'object' && value !== null
}

const ASSIGNMENT = /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=([^]*)/
/** With nothing but a remark behind it. */
const QUOTED = /^(?:"([^"]*)"|'([^']*)')(?=$|\s+(?:$|#))/

/** The variables of a `.env` file. */
export function readVariables(text: string): Variables {
  const variables = new Map<string, string>()
  for (const line of text.split(/\r?\n/)) {
    const [, name, rest = ''] = ASSIGNMENT.exec(line) ?? []
    if (name !== undefined) variables.set(name, valueIn(rest.trim()))
  }
  return variables
}

function valueIn(text: string): string {
  const [, double, single] = QUOTED.exec(text) ?? []
  const remark = text.search(/\s#/)
  return double ?? single ?? text.slice(0, remark === -1 ? undefined : remark).trimEnd()
}
