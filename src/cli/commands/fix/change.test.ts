import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { finds, stella } from '../../../../test/support/command-line.ts'
import {
  caseFile,
  caseOf,
  fix,
  fixFolder,
  watched,
  useFixFolder,
} from '../../../../test/support/fix-command.ts'
import { sampleCase } from '../../../../test/support/sample-case.ts'
import { EXIT, StellaError } from '../../../model/errors.ts'
import type { Engine } from '../../engine.ts'
import type { Target } from '../../../model/subject.ts'

useFixFolder()

describe('variables that somebody names', () => {
  const VARIABLES = ['--env', 'SESSIONS_MAX=1000', '--env', 'MODE=a b=c']

  it('are the change, whatever the case is', async () => {
    const { code, planned, out } = await fix(['docker:web', ...VARIABLES], caseOf('healthy'))
    expect(code).toBe(0)
    expect(planned.map(({ change }) => change)).toEqual([
      { kind: 'environment', set: { SESSIONS_MAX: '1000', MODE: 'a b=c' } },
    ])
    expect(out).toContain('What you named: SESSIONS_MAX, MODE.')
  })

  it.each([
    [['--env', 'hunter2'], "'hunter2' is no variable"],
    [['--env', '1A=hunter2'], "'1A' is no variable"],
    [['--env', 'A=1', '--limit', '512m'], '--limit: names another change than --env'],
    [['--env', 'A=1', '--undo'], '--env: has no meaning with --undo'],
  ])('are refused: %s', async (words, says) => {
    const { code, err, planned } = await fix(['docker:web', ...words], sampleCase())
    expect([code, planned]).toEqual([2, []])
    expect(err).toContain(says)
  })
})

describe('what is changed', () => {
  it('is the group that was reached, not the container in it', async () => {
    const base = sampleCase()
    const found = caseOf('oom-ancestor-limit', {
      binding: { ...base.binding, path: '/batch.slice' },
    })
    expect((await fix(['docker:web'], found)).planned[0]?.target).toEqual({
      kind: 'unit',
      name: 'batch.slice',
    })
    const bare = caseOf('oom-ancestor-limit', { binding: { ...base.binding, path: '/batch' } })
    expect((await fix(['docker:web'], bare)).planned[0]?.target).toEqual({
      kind: 'cgroup',
      path: '/batch',
    })
  })

  it.each(['compose.yml', resolve('compose.yml'), 'src/../compose.yml'])(
    'is a service of the Compose file %s where it is named, the same however that is done',
    async (named) => {
      const { planned } = await fix(['docker:web', '--file', named], sampleCase())
      const file = resolve('compose.yml')
      expect(planned[0]?.target).toEqual({ kind: 'compose', file, service: 'web' })
    },
  )

  it('is not something else than the case is about', async () => {
    const { code, err } = await fix(['docker:web', '--for', 'kubernetes'], sampleCase())
    expect(code).toBe(2)
    expect(err).toContain('changed by docker, not by kubernetes')
  })
})

describe('for a pod', () => {
  const found = sampleCase({
    subject: { platform: 'kubernetes', name: 'shop/cart-0/app', id: null, image: null },
  })

  it.each(['kustomize', 'helm'])('--for %s prints a file, and nothing else', async (form) => {
    const { code, out, applied } = await fix([caseFile(found), '--for', form], found)
    expect([code, out, applied]).toEqual([0, `# ${form} of pod\n`, []])
    const { code: refused } = await fix([caseFile(found), '--for', form, '--apply'], found)
    expect(refused).toBe(2)
  })

  it('its size is that of the container that the case is about, and the case alone does where nobody tells it', async () => {
    const asked = watched()
    const sized: Target[] = []
    const collectSizing: Engine['collectSizing'] = async (target) => {
      sized.push(target)
      throw new StellaError({
        exitCode: EXIT.inconclusive,
        what: 'nothing tells what it uses',
        where: 'k8s:shop/cart-0/app',
        todo: 'install metrics-server',
      })
    }
    const engine = { ...finds([found]), fixes: () => asked.desk, collectSizing }
    const { code, err } = await stella(['fix', 'k8s:shop/cart-0', '--data', fixFolder()], {
      engine,
    })
    expect([code, err]).toEqual([0, ''])
    const pod = { kind: 'pod', namespace: 'shop', pod: 'cart-0', container: 'app' }
    expect(sized).toEqual([pod])
    expect(asked.planned.map(({ target }) => target)).toEqual([pod])
  })

  it('--in-place and --force reach its driver', async () => {
    const { planned } = await fix([caseFile(found), '--in-place', '--force'], found)
    expect(planned[0]).toMatchObject({ inPlace: true, force: true })
  })

  it.each([
    [['--force'], 'for a pod alone'],
    [['--in-place'], 'for a pod alone'],
    [['--in-place', '--recreate'], 'exclude each other'],
    [['--for', 'kustomize'], 'changed by docker'],
  ])('a container of Docker has no %j', async (flags, says) => {
    const { code, err, planned } = await fix(['docker:web', ...flags], sampleCase())
    expect([code, planned]).toEqual([2, []])
    expect(err).toContain(says)
  })
})

describe('--limit', () => {
  const POD = { platform: 'kubernetes', name: 'shop/cart-0/app', id: null, image: null } as const
  const APP = { platform: 'marathon', name: '/batch', id: null, image: null } as const

  it.each([
    [{}, '256m', 268_435_456],
    [{ subject: POD }, '256Mi', 268_435_456],
    [{ subject: POD }, '256M', 256_000_000],
    [{ subject: APP }, '256', 268_435_456],
  ])('%j reads %s', async (change, text, bytes) => {
    const found = sampleCase(change)
    const { planned, err } = await fix([caseFile(found), '--limit', text], found)
    expect(err).toBe('')
    expect(planned[0]?.change).toMatchObject({ limitBytes: bytes })
  })

  it.each(['0', '0m', 'none', 'max', 'unlimited', '-1'])(
    '%s takes the limit away and is refused',
    async (text) => {
      const { code, err, planned } = await fix(['docker:web', `--limit=${text}`], sampleCase())
      expect(code).toBe(2)
      expect(err).toContain('takes the limit away')
      expect(planned).toEqual([])
    },
  )

  it.each([
    [{}, '256Mi', /write 256m/],
    [{}, 'much', /not a size for Docker/],
    [{ subject: POD }, '256m', /0\.256 bytes.*write 256Mi/],
    [{ subject: APP }, '256m', /number of MiB/],
    [{}, '32m', /killed at 32 MiB/],
  ])('%j does not read %s', async (change, text, complaint) => {
    const found = sampleCase(change)
    const { code, err } = await fix([caseFile(found), '--limit', text], found)
    expect(code).toBe(2)
    expect(err).toMatch(complaint)
    expect(err.trim().split('\n')).toHaveLength(1)
  })
})
