/** What a check of the machine says of a machine that a test makes up. */
import type { MachineCheck } from '../../src/doctor/check.ts'
import { examine } from '../../src/doctor/examine.ts'
import type { CheckResult } from '../../src/doctor/examine.ts'
import type { Machine } from '../../src/doctor/machine.ts'
import { fakeReader } from './fake-reader.ts'
import type { FakeMachine } from './fake-reader.ts'

export async function checked(
  check: MachineCheck,
  machine: FakeMachine = {},
  change: Partial<Machine> = {},
): Promise<CheckResult> {
  using reader = fakeReader(machine)
  const patient = {
    machine: {
      ...{ reader, userId: 0, dataFolder: '/nowhere' },
      ...{ lastAlert: null, prometheus: null, ...change },
    },
    scanner: async () => null,
  }
  const [result] = await examine([check], patient)
  if (result === undefined) throw new Error(`${check.id} has no result`)
  return result
}
