/** Suffixes of a Kubernetes quantity. There is no `K`, and no `B`, `KB`, `MB` or `GB`. */
const SUFFIXES: ReadonlyMap<string, number> = new Map([
  ['n', 1e-9],
  ['u', 1e-6],
  ['m', 1e-3],
  ['', 1],
  ['k', 1e3],
  ['M', 1e6],
  ['G', 1e9],
  ['T', 1e12],
  ['P', 1e15],
  ['E', 1e18],
  ['Ki', 2 ** 10],
  ['Mi', 2 ** 20],
  ['Gi', 2 ** 30],
  ['Ti', 2 ** 40],
  ['Pi', 2 ** 50],
  ['Ei', 2 ** 60],
])

const QUANTITY =
  /^([+-]?(?:\d{1,40}(?:\.\d{0,40})?|\.\d{1,40})|)(?:([eE][+-]?\d{1,3})|([a-zA-Z]{0,2}))$/

/**
 * A Kubernetes resource quantity (apimachinery `resource.Quantity`) in its own unit, bytes for memory: `256Mi` is 268435456,
 * `256M` is 256000000, `256m` is 0.256. Null for what the API server refuses, such as `512MB`.
 */
export function parseQuantity(quantity: unknown): number | null {
  // YAML and JSON may carry a bare number where a string is meant.
  if (typeof quantity === 'number') return Number.isFinite(quantity) ? quantity : null
  if (typeof quantity !== 'string') return null
  const match = QUANTITY.exec(quantity)
  if (match === null) return null
  const [, digits = '', exponent, suffix = ''] = match
  // A suffix without a number is taken, and is 0.
  if (digits === '')
    return exponent !== undefined || (suffix !== '' && SUFFIXES.has(suffix)) ? 0 : null
  if (exponent !== undefined) return finite(Number(`${digits}${exponent}`))
  const factor = SUFFIXES.get(suffix)
  return factor === undefined ? null : finite(scaled(Number(digits), factor))
}

/** Dividing by a power of ten is exact where multiplying with its inverse is not. */
function scaled(value: number, factor: number): number {
  return factor < 1 ? value / Math.round(1 / factor) : value * factor
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null
}

/** An amount of memory: a quantity that is not negative. */
export function parseMemory(quantity: unknown): number | null {
  const bytes = parseQuantity(quantity)
  return bytes === null || bytes < 0 ? null : bytes
}
