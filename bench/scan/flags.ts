import { parseArgs } from 'node:util'

/** What the benches of scans are asked for. */
export function flagsOf(argv: readonly string[]): {
  rounds: number
  /** Null: all that are installed. */
  peers: readonly string[] | null
  names: readonly string[]
} {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: { rounds: { type: 'string', default: '5' }, peers: { type: 'string' } },
  })
  return {
    rounds: Number(values.rounds),
    peers: values.peers?.split(',') ?? null,
    names: positionals,
  }
}
