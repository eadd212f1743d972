import { expect, it } from 'vitest'
import { checked } from '../../../test/support/checked.ts'
import { NOW } from '../../../test/support/command-line.ts'
import { stellaAlerts } from './stella-alerts.ts'

it('is skipped without a server, and warns where none has heard of an alert', async () => {
  expect(await checked(stellaAlerts)).toMatchObject({ status: 'skip' })
  expect(await checked(stellaAlerts, {}, { lastAlert: async () => null })).toMatchObject({
    status: 'warn',
    todo: expect.stringContaining('/api/alerts'),
  })
  expect(await checked(stellaAlerts, {}, { lastAlert: async () => NOW })).toMatchObject({
    status: 'pass',
    evidence: { lastAlertHeardAt: '2026-05-01T12:00:00.000Z' },
  })
})
