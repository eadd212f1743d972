import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { KERNELS } from '../../scripts/guest/kernels.ts'
import { runScripts } from '../../scripts/guest/script.ts'
import type { Bill } from '../../src/model/bill.ts'
import { MIB } from '../../src/model/bytes.ts'
import { cannotBoot } from './cannot-boot.ts'

/**
 * Pipes and sockets that are full have no counter before 5.18; the group holds some 10 MiB of them on purpose, so that there
 * this much has no name.
 */
const UNNAMED_MIB = { '5.10': 11, '6.1': 0.5, '6.12': 0.5 } as const

for (const { name } of KERNELS)
  describe.skipIf(await cannotBoot(name))(`stella bill on kernel ${name}, cgroup v2`, () => {
    let output = ''

    beforeAll(async () => {
      output = mkdtempSync(join(tmpdir(), 'stella-guest-test-'))
      await runScripts({ kernel: name, scripts: [['inside-bill.ts', '/out']], output })
    })
    afterAll(() => rmSync(output, { recursive: true, force: true }))

    it('names what was put into a group, and the sum is the charge', () => {
      const bill = billOf('group')
      expect(bill).toMatchObject({ cgroupVersion: 2, chargeSource: 'memory.current' })
      expectSum(bill)
      expect(mib(bill, 'anonymous')).toBeGreaterThan(80)
      expect(mib(bill, 'anonymous')).toBeLessThan(110)
      expect(mib(bill, 'shared memory and tmpfs')).toBeCloseTo(24, 0)
      expect(mib(bill, 'page cache')).toBeGreaterThan(48)
      expect(mib(bill, 'page cache')).toBeLessThan(65)
      // 40 threads of one process, and three processes' own.
      expect(mib(bill, 'kernel stacks')).toBeGreaterThan(0.6)
      expect(mib(bill, 'page tables')).toBeGreaterThan(0.2)
      expect(Math.abs(bill.unattributedBytes)).toBeLessThan(UNNAMED_MIB[name] * MIB)
    })

    it('divides what parent and child share between them', () => {
      const { processes, items } = billOf('group')
      const shares = processes.reduce((sum, { pssAnonBytes }) => sum + (pssAnonBytes ?? 0), 0)
      const charged = items.find((item) => item.name === 'anonymous')?.bytes ?? 0
      expect(shares / charged).toBeCloseTo(1, 1)
      const resident = processes.reduce((sum, { rssBytes }) => sum + (rssBytes ?? 0), 0)
      expect(resident).toBeGreaterThan(1.5 * charged)
    })

    it('accounts for one process', () => {
      const bill = billOf('process')
      expect(bill.scope).toBe('process')
      expectSum(bill)
      expect(mib(bill, 'anonymous')).toBeGreaterThan(40)
      expect(bill.unattributedBytes).toBeLessThan(0.05 * bill.chargeBytes)
    })

    it('accounts for the machine', () => {
      const bill = billOf('host')
      expectSum(bill)
      expect(bill.unattributedBytes).toBeLessThan(0.08 * bill.chargeBytes)
    })

    it('accounts for the dead by the report of the kernel', () => {
      const bill = billOf('dead')
      expect(bill).toMatchObject({ moment: 'kill', path: '/stella-bill', limitBytes: 512 * MIB })
      expectSum(bill)
      expect(bill.chargeBytes).toBeGreaterThan(510 * MIB)
      expect(bill.unattributedBytes).toBeLessThan(0.05 * bill.chargeBytes)
      // The name of a task is cut to 15 characters.
      expect(bill.processes[0]).toMatchObject({
        name: expect.stringMatching(/^(?:perl|stella-eat)/),
      })
      expect(mib(bill, 'shared memory and tmpfs')).toBeCloseTo(24, 0)
    })

    function billOf(what: string): Bill {
      return JSON.parse(readFileSync(join(output, `${what}.json`), 'utf8'))
    }
  })

function expectSum({ items, unattributedBytes, chargeBytes }: Bill): void {
  const sum = items.reduce((total, { bytes }) => total + bytes, 0)
  expect(sum + unattributedBytes).toBe(chargeBytes)
}

function mib({ items }: Bill, name: string): number {
  return (items.find((item) => item.name === name)?.bytes ?? 0) / MIB
}
