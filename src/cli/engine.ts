import type { Asked } from '../bill/asked.ts'
import type { Bill } from '../model/bill.ts'
import type { Case } from '../model/case.ts'
import type { World } from '../model/evidence.ts'
import type { Target } from '../model/subject.ts'
import type { Instant } from '../model/time.ts'

/** The rooms below, as the commands use them. */
export interface Engine {
  /** Reads files and folders in any mix; `-` is standard input. */
  readFiles(
    paths: readonly string[],
    options: { stdin?: AsyncIterable<Uint8Array> },
  ): Promise<World>
  /** Asks the live sources about a target; a bare name comes back as what it was found to be. */
  collect(
    target: Target,
    options: { since: Instant | null },
  ): Promise<{ world: World; target: Target }>
  /** Every process of this machine, without its command line. */
  processes(): Promise<World>
  /** Asks for what a bill needs; `ask: false` looks at processes from outside alone. */
  collectBill(
    target: Target,
    options: { ask: boolean; earlier?: World | null },
  ): Promise<{ world: World; target: Target; asked: Asked }>
  bill(world: World, target: Target | null, asked: Asked): Bill
  investigate(world: World, target: Target | null, options: { all: boolean }): readonly Case[]
}
