import { readFileSync, statSync, writeFileSync, chmodSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import { fakeReader, type FakeReader } from '../../../../test/support/fake-reader.ts'
import { MIB } from '../../../model/bytes.ts'
import type { Change, ChangePlan } from '../../../model/fix.ts'
import { compose } from './index.ts'

const FILE = '/srv/compose.yml'
const readers: FakeReader[] = []

function machine(text: string, more: Record<string, string> = {}): FakeReader {
  const reader = fakeReader({ files: { [FILE]: text, ...more } })
  readers.push(reader)
  return reader
}

function limit(mib: number, requestMib: number | null = null): Change {
  return {
    kind: 'limit',
    limitBytes: mib * MIB,
    requestBytes: requestMib === null ? null : requestMib * MIB,
  }
}

function handsOf(reader: FakeReader) {
  return { reader, signal: new AbortController().signal }
}

function planFor(reader: FakeReader, change: Change, service = 'web'): Promise<ChangePlan> {
  const target = { kind: 'compose', file: FILE, service } as const
  return compose.plan({ target, change, recreate: false }, handsOf(reader))
}

function content(reader: FakeReader): string {
  return readFileSync(join(reader.root, FILE), 'utf8')
}

/** The file after the fix; that the undo restores every byte is checked on the way. */
async function fixed(text: string, change: Change, more: Record<string, string> = {}) {
  const reader = machine(text, more)
  const plan = await planFor(reader, change)
  expect(content(reader)).toBe(text)
  // As it comes back from the journal.
  const [step] = JSON.parse(JSON.stringify(plan.steps))
  await compose.carryOut(step, handsOf(reader))
  await compose.carryOut(step, handsOf(reader))
  const after = content(reader)
  await compose.takeBack(step, handsOf(reader), { force: false })
  await compose.takeBack(step, handsOf(reader), { force: false })
  expect(content(reader)).toBe(text)
  return { after, plan }
}

afterEach(() => {
  for (const reader of readers.splice(0)) reader[Symbol.dispose]()
})

describe('a limit is changed where it stands, in the form in which it is written', () => {
  it.each([
    ['32m', '64m'],
    ['"32m"', '"64m"'],
    ["'32M'", "'64M'"],
    ['32mb', '64mb'],
    ['33554432', '67108864'],
    ['"33554432"', '"67108864"'],
    ['1g', '64m'],
    ['32768k', '65536k'],
    ['1GB', '64MB'],
  ])('%s becomes %s', async (before, after) => {
    const text = (value: string) =>
      `# shop\nservices:\n  web: # the one\n    image: "x"   # pinned\n    mem_limit: ${value} # not much\n\n  db: {image: y}\n`
    expect((await fixed(text(before), limit(64))).after).toBe(text(after))
  })

  it.each([
    ['CRLF', 'services:\r\n  web:\r\n    mem_limit: 32m\r\n'],
    ['a byte order mark', '\uFEFFservices:\n  web:\n    mem_limit: 32m\n'],
    ['no final newline', 'services:\n  web:\n    mem_limit: 32m'],
    ['flow style', 'services: {web: {image: x, mem_limit: 32m}}\n'],
    [
      'deploy',
      'services:\n  web:\n    deploy:\n      resources:\n        limits: {cpus: "1", memory: 32m}\n',
    ],
    ['the one service', 'services:\n  db:\n    mem_limit: 31m\n  web:\n    mem_limit: 32m\n'],
    [
      'both forms',
      'services:\n  web:\n    mem_limit: 32m\n    deploy: {resources: {limits: {memory: 32m}}}\n',
    ],
  ])('%s stays', async (_what, text) => {
    expect((await fixed(text, limit(64))).after).toBe(text.replaceAll('32m', '64m'))
  })

  it.each([
    [
      'block',
      'services:\n  web:\n    image: x\n',
      'services:\n  web:\n    mem_limit: 64m\n    image: x\n',
    ],
    [
      'block with CRLF',
      'services:\r\n  web:\r\n    image: x',
      'services:\r\n  web:\r\n    mem_limit: 64m\r\n    image: x',
    ],
    ['flow', 'services: {web: { image: x }}', 'services: {web: { mem_limit: 64m, image: x }}'],
    ['an empty flow', 'services: {web: {}}', 'services: {web: {mem_limit: 64m}}'],
    [
      'other limits',
      'services:\n  web:\n    deploy:\n      resources:\n        limits:\n          cpus: "1"\n',
      'services:\n  web:\n    deploy:\n      resources:\n        limits:\n          memory: 64m\n          cpus: "1"\n',
    ],
  ])('a service without a limit gets one: %s', async (_what, text, after) => {
    expect((await fixed(text, limit(64))).after).toBe(after)
  })
})

describe('swap and reservation go along', () => {
  it('keeps the amount of swap beside the limit, and the default of twice the limit', async () => {
    const text = (limit: string, swap: string) =>
      `services:\n  web:\n    mem_limit: ${limit}\n    memswap_limit: ${swap}\n`
    const after = async (swap: string) => (await fixed(text('32m', swap), limit(64))).after
    expect(await after('40m')).toBe(text('64m', '72m'))
    expect(await after('32m')).toBe(text('64m', '64m'))
    expect(await after('64m')).toBe(text('64m', '128m'))
    expect(await after('-1')).toBe(text('64m', '-1'))
  })

  it('lowers a reservation that would be above the limit, and sets one that is asked for', async () => {
    const text = 'services:\n  web:\n    mem_limit: 64m\n    mem_reservation: 48m\n'
    expect((await fixed(text, limit(32))).after).toBe(
      'services:\n  web:\n    mem_limit: 32m\n    mem_reservation: 32m\n',
    )
    expect((await fixed(text, limit(128))).after).toBe(text.replace('64m', '128m'))
    expect((await fixed(text, limit(128, 96))).after).toBe(
      'services:\n  web:\n    mem_limit: 128m\n    mem_reservation: 96m\n',
    )
  })
})

describe('what other services share is overridden in this service alone', () => {
  const others = 'services:\n  db:\n    <<: *d\n'

  it.each([
    [
      'a merge key',
      'x-d: &d\n  mem_limit: 32m\n',
      '  web:\n    <<: *d\n    image: x\n',
      '  web:\n    mem_limit: 64m\n    <<: *d\n    image: x\n',
    ],
    [
      'a whole service',
      'x-d: &d {mem_limit: 32m}\n',
      '  web: *d\n',
      '  web: { <<: *d, mem_limit: 64m }\n',
    ],
    [
      'limits',
      'x-d: &d\n  deploy: {resources: {limits: &l {memory: 32m, cpus: "1"}}}\n',
      '  web: {deploy: {resources: {limits: *l}}}\n',
      '  web: {deploy: {resources: {limits: { <<: *l, memory: 64m }}}}\n',
    ],
    [
      'deploy in a merge key',
      'x-d: &d\n  deploy: {replicas: 2, resources: {limits: {memory: 32m, cpus: "1"}}}\n',
      '  web:\n    <<: *d\n',
      '  web:\n    deploy: { replicas: 2, resources: { limits: { cpus: "1", memory: 64m } } }\n    <<: *d\n',
    ],
    [
      'a value',
      'x-m: &m 32m\nx-d: &d {mem_limit: 1g}\n',
      '  web:\n    mem_limit: *m\n',
      '  web:\n    mem_limit: 64m\n',
    ],
  ])('%s', async (_what, head, before, after) => {
    const { plan, after: text } = await fixed(`${head}${others}${before}`, limit(64))
    expect(text).toBe(`${head}${others}${after}`)
    expect(plan.warnings.join('\n')).toContain('here alone')
  })

  it('refuses where other services take the value from this one, and names them', async () => {
    const text = 'services:\n  web: &web\n    mem_limit: 32m\n  worker:\n    <<: *web\n'
    await expect(planFor(machine(text), limit(64))).rejects.toMatchObject({
      exitCode: 2,
      message: 'worker would change too: they take this value from web',
    })
  })

  it('overrides what an extended service says, in the form in which that says it', async () => {
    const text = 'services:\n  web:\n    extends: {file: base.yml, service: app}\n'
    const base = 'services:\n  app:\n    deploy: {resources: {limits: {memory: 32m}}}\n'
    const { after } = await fixed(text, limit(64), { '/srv/base.yml': base })
    expect(parse(after).services.web.deploy).toEqual({ resources: { limits: { memory: '64m' } } })
  })
})

describe('refusals', () => {
  it.each([
    [
      'mem_limit: ${WEB_MEM:-32m}',
      'mem_limit is set by the variable WEB_MEM',
      'set WEB_MEM=64m in the .env file',
    ],
    ['mem_limit: $MEM', 'mem_limit is set by the variable MEM', 'set MEM=64m'],
    ['mem_limit: 64m', 'web has this limit already', 'docker compose up -d'],
    ['mem_limit: [1]', 'not changed safely', 'write mem_limit: 64m by hand'],
  ])('%s', async (line, what, todo) => {
    const text = `services:\n  web:\n    ${line}\n`
    await expect(planFor(machine(text), limit(64))).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringContaining(what),
      todo: expect.stringContaining(todo),
    })
  })

  it('tells the line of a mistake, the services that there are, and a limit below what Docker takes', async () => {
    const text = 'services:\n  web:\n    mem_limit: 32m\n'
    await expect(planFor(machine(`${text}    mem_limit: 1g\n`), limit(64))).rejects.toMatchObject({
      where: `${FILE}:4`,
    })
    await expect(planFor(machine(text), limit(64), 'api')).rejects.toMatchObject({
      todo: expect.stringContaining('it has web'),
    })
    await expect(planFor(machine(text), limit(4))).rejects.toMatchObject({ exitCode: 2 })
  })

  it('an override file that sets the limit wins, so it is the one to change', async () => {
    const over = 'services:\n  web:\n    mem_limit: 16m\n'
    const reader = machine('services: {web: {mem_limit: 32m}}', {
      '/srv/compose.override.yaml': over,
    })
    await expect(planFor(reader, limit(64))).rejects.toMatchObject({
      where: '/srv/compose.override.yaml',
    })
  })

  it('a missing file is unreachable', async () => {
    const reader = fakeReader()
    readers.push(reader)
    await expect(planFor(reader, limit(64))).rejects.toMatchObject({ exitCode: 3, where: FILE })
  })

  it('a file that somebody changed since is left alone, unless forced', async () => {
    const text = 'services:\n  web:\n    mem_limit: 32m\n'
    const reader = machine(text)
    const { steps } = await planFor(reader, limit(64))
    const [step] = steps
    if (step === undefined) throw new Error('no step')
    const path = join(reader.root, FILE)
    writeFileSync(path, `# mine\n${text}`)
    await expect(compose.carryOut(step, handsOf(reader))).rejects.toMatchObject({ where: FILE })
    writeFileSync(path, text)
    chmodSync(path, 0o600)
    await compose.carryOut(step, handsOf(reader))
    expect(statSync(path).mode & 0o777).toBe(0o600)
    writeFileSync(path, `${content(reader)}# mine\n`)
    const takeBack = (force: boolean) => compose.takeBack(step, handsOf(reader), { force })
    await expect(takeBack(false)).rejects.toMatchObject({ exitCode: 1 })
    await takeBack(true)
    expect(content(reader)).toBe(`${text}# mine\n`)
  })
})

it('the plan shows the change and its command, and no secret beside it', async () => {
  const text =
    'services:\n  web:\n    image: shop/web:3\n    mem_limit: 32m\n    environment:\n      - DB_PASSWORD=hunter2hunter2\n'
  const plan = await planFor(machine(text), limit(64))
  expect(plan).toMatchObject({
    method: 'file',
    changes: [{ field: 'mem_limit', before: '32m', after: '64m' }],
    workload: { image: 'shop/web:3' },
  })
  expect(plan.diff).toContain('-    mem_limit: 32m\n+    mem_limit: 64m\n')
  expect(plan.warnings[0]).toContain('docker compose -f /srv/compose.yml up -d web')
  expect(JSON.stringify(plan)).not.toContain('hunter2')
})

describe('any document means the same afterwards, but for the limit', () => {
  const word = fc.stringMatching(/^[a-z][a-z0-9_-]{0,8}$/)
  const value = fc.oneof(word, fc.integer(), fc.boolean(), fc.string(), fc.constant('a: # b'))
  const service = fc.record(
    {
      image: word,
      environment: fc.dictionary(word, value, { maxKeys: 4 }),
      mem_limit: fc.constantFrom('32m', '1g', 41943040, '40MB', '50000000'),
      memswap_limit: fc.constantFrom(-1, '2g', '80m'),
      deploy: fc.record({ replicas: fc.nat(5), labels: fc.array(value, { maxLength: 3 }) }),
      command: fc.array(fc.string(), { maxLength: 3 }),
    },
    { requiredKeys: ['image'] },
  )
  const layout = fc.record({
    indent: fc.constantFrom(2, 4),
    lineWidth: fc.constantFrom(20, 80),
    defaultStringType: fc.constantFrom('PLAIN', 'QUOTE_DOUBLE', 'QUOTE_SINGLE', 'BLOCK_LITERAL'),
    collectionStyle: fc.constantFrom('any', 'flow'),
  } as const)

  it('holds', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(word, service, { maxKeys: 3 }),
        service,
        layout,
        fc.boolean(),
        async (others, web, options, crlf) => {
          const written = stringify({ services: { ...others, web } }, options)
          const text = crlf ? written.replaceAll('\n', '\r\n') : written
          const before = parse(text)
          const { after } = await fixed(text, limit(64))
          const { mem_limit, memswap_limit, ...rest } = parse(after).services.web
          const { mem_limit: _old, memswap_limit: _swap, ...kept } = before.services.web
          expect(rest).toEqual(kept)
          expect(String(mem_limit)).toMatch(/^(?:64(?:m|MB)|67108864)$/)
          expect(memswap_limit === undefined).toBe(web.memswap_limit === undefined)
          expect({ ...parse(after).services, web: null }).toEqual({ ...before.services, web: null })
        },
      ),
      { numRuns: 150 },
    )
  })
})
