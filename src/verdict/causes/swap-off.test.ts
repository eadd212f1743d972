import { expect, test } from 'vitest'
import { hostWith, incident, reportOfUsage, seen } from '../../../test/support/incident.ts'
import { onEveryKernel, recordedCase, recordedCauses } from '../../../test/support/recorded.ts'
import { swapOff } from './swap-off.ts'

test.each(onEveryKernel('own-limit'))(
  'a machine without swap is told, after everything else: %s',
  async (fixture) => {
    const { causes } = await recordedCase(fixture)
    expect(causes.at(-1)).toMatchObject({ code: 'swap-off', confidence: 'possible' })
    expect(causes.length).toBeGreaterThan(1)
  },
)

test.each(['edge-cases/32-swapped-out-victim', ...onEveryKernel('tmpfs')])(
  'there was swap, or nothing anonymous to put into it: %s',
  async (fixture) => {
    expect(await recordedCauses(fixture)).not.toContain('swap-off')
  },
)

function find(anon: number, swapTotalBytes: number | null) {
  return swapOff.find(
    incident({
      reports: [seen(reportOfUsage({ anon, file: 0 }))],
      hostMemory: seen(hostWith({ swapTotalBytes })),
    }),
  )
}

test('swap that is there, or of which nothing is known, is not called off', () => {
  expect(find(98, 0)).not.toBeNull()
  expect(find(98, 1)).toBeNull()
  expect(find(98, null)).toBeNull()
})

test('four fifths of the charge have to be anonymous', () => {
  expect(find(80, 0)).not.toBeNull()
  expect(find(79, 0)).toBeNull()
})

test('whoever runs a pod cannot give its node swap, and is not told to', () => {
  const hostMemory = seen(hostWith({ swapTotalBytes: 0 }))
  const reports = [seen(reportOfUsage({ anon: 98, file: 0 }))]
  const of = (platform: 'docker' | 'kubernetes') => {
    const { subject } = incident()
    return swapOff.find(incident({ reports, hostMemory, subject: { ...subject, platform } }))
  }
  expect(of('docker')?.because).toEqual([reports[0], hostMemory])
  expect(of('kubernetes')).toBeNull()
})
