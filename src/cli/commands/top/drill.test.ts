import { expect, it } from 'vitest'
import { livingWorld } from '../../../../test/support/living-world.ts'
import { PATH } from '../../../../test/support/incident.ts'
import { row } from '../../../../test/support/watched.ts'
import { NOTHING_ASKED } from '../../../bill/asked.ts'
import { billFrom } from '../../../investigate/bill.ts'
import { unreachableError } from '../../../model/errors.ts'
import { billLines } from './drill.ts'
import type { Billing } from './drill.ts'

function engine(collectBill: Billing['collectBill']): Billing {
  return { bill: billFrom, collectBill }
}

it('shows the bill of a row, and asks no runtime', async () => {
  const asked: boolean[] = []
  const drill = billLines(async () =>
    engine(async (target, { ask }) => {
      asked.push(ask)
      return { world: livingWorld('web'), target, asked: NOTHING_ASKED }
    }),
  )
  const lines = await drill(row({ path: PATH }), 80)
  expect(lines.join(' ')).toMatch(/is charged 110 MiB/)
  expect(lines.join('\n')).toMatch(/^anonymous +100 MiB/m)
  expect(asked).toEqual([false])
})

it('says that the group is gone', async () => {
  const drill = billLines(async () =>
    engine(() => Promise.reject(unreachableError('there is no cgroup /a', null, 'look again'))),
  )
  expect(await drill(row({ path: '/a' }), 80)).toEqual(['there is no cgroup /a', 'look again'])
})
