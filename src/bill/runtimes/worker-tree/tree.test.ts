import { describe, expect, it } from 'vitest'
import { processState } from '../../../../test/support/incident.ts'
import {
  itemBytes,
  pssOf,
  recordedServer,
  viewsIn,
  viewOf,
} from '../../../../test/support/servers.ts'
import type { RecordedServer } from '../../../../test/support/servers.ts'
import { MIB } from '../../../model/bytes.ts'
import type { RuntimeView } from '../../../model/bill.ts'
import type { ProcessState } from '../../../model/facts.ts'
import type { Answer } from '../../../model/question.ts'
import { RUNTIMES } from '../index.ts'
import { viewsOf } from '../views.ts'

interface Sizes {
  pss: number
  own: number
  shmem?: number
}

/** A master (PID 10) with workers of these sizes, in MiB. */
function tree(
  master: readonly string[],
  worker: readonly string[] | ((at: number) => readonly string[]),
  workers: readonly Sizes[],
  name = 'app',
): ProcessState[] {
  const one = (pid: number, command: readonly string[], { pss, own, shmem = 0 }: Sizes) =>
    processState({
      pid,
      parentPid: pid === 10 ? 1 : 10,
      name,
      command,
      pssBytes: pss * MIB,
      ussBytes: own * MIB,
      rssBytes: (pss + 20) * MIB,
      pssShmemBytes: shmem * MIB,
      shmemRssBytes: 8 * shmem * MIB,
    })
  return [
    one(10, master, { pss: 10, own: 5 }),
    ...workers.map((sizes, at) =>
      one(11 + at, typeof worker === 'function' ? worker(at) : worker, sizes),
    ),
  ]
}

function view(
  processes: readonly ProcessState[],
  { limit, texts = {} }: { limit?: number; texts?: Readonly<Record<string, string>> } = {},
): RuntimeView {
  const answers = Object.entries(texts).map(([id, text]): Answer => ({
    pid: 10,
    id,
    ok: true,
    text,
    truncated: false,
  }))
  const views = viewsOf(processes, answers, limit === undefined ? null : limit * MIB)
  const [only, ...more] = views.filter(({ pid }) => pid === 10)
  if (only === undefined || more.length > 0) throw new Error(`${views.length} views`)
  return only
}

const NGINX = ['nginx: master process nginx -g daemon off;'] as const
const NGINX_WORKER = ['nginx: worker process'] as const
const GUNICORN = ['/usr/bin/python3', '/usr/bin/gunicorn', 'app:app'] as const
const FPM = ['php-fpm: master process (/etc/php/8.2/fpm/php-fpm.conf)'] as const
const equal = (count: number, sizes: Sizes): Sizes[] => Array.from({ length: count }, () => sizes)

describe.each([
  ['nginx/four-workers', 'nginx', 4],
  ['gunicorn/one-far-above', 'gunicorn', 4],
  ['uwsgi/two-workers', 'uwsgi', 2],
  ['php-fpm/two-pools', 'php-fpm', 6],
  ['apache/prefork', 'apache', 5],
])('%s', (name, runtime, workers) => {
  const recorded: RecordedServer = recordedServer(name)
  const seen = viewOf(recorded, runtime)

  it('is one view, told at the master, whose items are all there is', () => {
    expect(viewsIn(recorded).filter((one) => one.runtime === runtime)).toEqual([seen])
    const items = seen.items.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0)
    expect(items + (seen.unattributedBytes ?? 0)).toBe(seen.residentBytes)
    expect(seen.residentBytes).toBe(pssOf(recorded))
  })

  it('counts its workers, and what they share once', () => {
    expect(itemBytes(seen, `workers (${workers})`)).toBeGreaterThan(0)
    expect(itemBytes(seen, 'shared by several')).toBeGreaterThan(MIB)
    expect(seen.findings.join('\n')).toMatch(
      new RegExp(
        `^${workers} workers: .* alone in the median, .* shared, counted once\\. ps adds`,
        'm',
      ),
    )
  })
})

it('names the worker that stands far above the others, and knows what ends it in time', () => {
  const told = viewOf(recordedServer('gunicorn/one-far-above'), 'gunicorn').findings[0]
  expect(told).toMatch(/^Worker \d+ with 6\d(?:\.\d)? MiB stands far above the others \(median 2/)
  expect(told).toContain('--max-requests')

  const sizes = [...equal(4, { pss: 12, own: 10 }), { pss: 62, own: 60 }, { pss: 72, own: 70 }]
  expect(view(tree(NGINX, NGINX_WORKER, sizes)).findings[0]).toBe(
    'Workers 16 with 70 MiB, 15 with 60 MiB stand far above the others (median 10 MiB): one heavy request, or a leak that not every worker has met yet.',
  )
  const alike = view(tree(NGINX, NGINX_WORKER, equal(6, { pss: 62, own: 60 })))
  expect(alike.findings.join('\n')).not.toMatch(/far above/)
})

describe('room', () => {
  it('is told for each worker, with how many fit at the size of the largest', () => {
    // Alone 5 + 4 × 20, shared 10 + 4 × 25 − 85 = 25: of 0.9 × 200 the base of 30 leaves 150, which is seven times 20.
    const told = view(tree(NGINX, NGINX_WORKER, equal(4, { pss: 25, own: 20 })), {
      limit: 200,
    }).findings
    expect(told.join('\n')).toMatch(
      /leaves 90 MiB, page cache given back: 22\.5 MiB more for each worker\. At the size of the largest, 7 fit in all\./,
    )
  })

  it('counts what others in the same limit have', () => {
    const other = processState({ pid: 99, parentPid: 1, name: 'sidecar', pssBytes: 60 * MIB })
    const all = [...tree(NGINX, NGINX_WORKER, equal(4, { pss: 25, own: 20 })), other]
    expect(view(all, { limit: 200 }).findings.join('\n')).toMatch(/leaves 30 MiB/)
  })

  it('is too little for all the workers that the settings allow', () => {
    const texts = { 'nginx.conf': 'worker_processes 16; # many\n' }
    const told = view(tree(NGINX, NGINX_WORKER, equal(2, { pss: 25, own: 20 })), {
      limit: 200,
      texts,
    })
    expect(told.findings[0]).toBe(
      'worker_processes 16 lets 16 workers run: at the size of the largest now (20 MiB) all take 340 MiB, more than the limit of 200 MiB; at most 8 fit: lower worker_processes.',
    )
  })
})

describe('nginx', () => {
  it('takes its number of workers from the title before the file', () => {
    const master = ['nginx: master process nginx -g daemon off; worker_processes 3;']
    const texts = { 'nginx.conf': 'worker_processes 9;' }
    const seen = view(tree(master, NGINX_WORKER, equal(2, { pss: 9, own: 5 })), { texts })
    expect(seen.items[0]?.cap).toBe('worker_processes 3')
  })

  it('warns of one worker for each CPU of the machine', () => {
    const texts = { 'nginx.conf': '# worker_processes 1;\nworker_processes auto;' }
    const many = view(tree(NGINX, NGINX_WORKER, equal(32, { pss: 9, own: 5 })), { texts })
    expect(many.findings.join('\n')).toMatch(/each CPU of the machine \(32 here\)/)
    const few = view(tree(NGINX, NGINX_WORKER, equal(2, { pss: 9, own: 5 })), { texts })
    expect(few.findings.join('\n')).not.toMatch(/each CPU/)
  })

  it('tells workers of an old configuration, and helpers apart', () => {
    const titles = [
      'nginx: worker process is shutting down',
      'nginx: worker process',
      'nginx: cache manager process',
    ]
    const seen = view(tree(NGINX, (at) => [titles[at] ?? ''], equal(3, { pss: 9, own: 5 })))
    expect(seen.items.map(({ name }) => name)).toContain('workers (2), what each has alone')
    expect(itemBytes(seen, 'helpers')).toBe(5 * MIB)
    expect(seen.findings.join('\n')).toMatch(/1 of the workers shut down since a reload/)
  })

  it('is asked for the file of its -c', () => {
    const ask = (title: string): unknown =>
      RUNTIMES.find(({ id }) => id === 'nginx')?.questions(
        processState({ command: [title] }),
        [],
      )[0]
    expect(ask('nginx: master process nginx')).toMatchObject({ path: 'root/etc/nginx/nginx.conf' })
    expect(ask('nginx: master process nginx -c /srv/n.conf')).toMatchObject({
      path: 'root/srv/n.conf',
    })
    expect(ask('nginx: master process nginx -c n.conf')).toMatchObject({ path: 'cwd/n.conf' })
  })
})

describe('gunicorn', () => {
  const cap = (command: readonly string[], texts: Readonly<Record<string, string>> = {}): unknown =>
    view(tree(command, command, equal(2, { pss: 12, own: 9 })), { texts }).items[0]?.cap

  it('takes its number of workers from where gunicorn does, in its order', () => {
    const file = { configuration: 'import os\nworkers = 5  # five\n' }
    const variables = { environment: 'WEB_CONCURRENCY=7\nGUNICORN_CMD_ARGS=--workers=6 --preload' }
    expect(cap([...GUNICORN, '-w', '3'], file)).toBe('--workers 3')
    expect(cap([...GUNICORN, '-w3'], file)).toBe('--workers 3')
    expect(cap([...GUNICORN, '--workers=3'])).toBe('--workers 3')
    expect(cap(GUNICORN, { ...file, ...variables })).toBe('GUNICORN_CMD_ARGS --workers 6')
    expect(cap(GUNICORN, { ...file, environment: 'WEB_CONCURRENCY=7' })).toBe('workers = 5')
    expect(cap(GUNICORN, { environment: 'WEB_CONCURRENCY=7' })).toBe('WEB_CONCURRENCY 7')
    expect(cap(GUNICORN, { configuration: 'workers = cpu_count() * 2 + 1\n' })).toBeNull()
  })

  it('is known by its title where it has one, and as a module', () => {
    const titled = tree(
      ['gunicorn: master [app:app]'],
      ['gunicorn: worker [app:app]'],
      equal(2, { pss: 9, own: 5 }),
    )
    expect(view(titled).runtime).toBe('gunicorn')
    const module = ['python3', '-m', 'gunicorn', 'app:app']
    expect(view(tree(module, module, equal(2, { pss: 9, own: 5 }))).runtime).toBe('gunicorn')
  })

  it('advises to load large applications once', () => {
    const large = equal(3, { pss: 90, own: 80 })
    expect(view(tree(GUNICORN, GUNICORN, large)).findings.join('\n')).toMatch(/without --preload/)
    const preloaded = [...GUNICORN, '--preload']
    expect(view(tree(preloaded, preloaded, large)).findings.join('\n')).not.toMatch(
      /without --preload/,
    )
  })
})

describe('php-fpm', () => {
  const workers = (sizes: readonly Sizes[]): ProcessState[] =>
    tree(FPM, ['php-fpm: pool www'], sizes, 'php-fpm8.2')

  it('bounds its scripts by pm.max_children × memory_limit', () => {
    const seen = view(workers(equal(2, { pss: 20, own: 10 })), {
      limit: 512,
      texts: {
        'conf:/a':
          '[global]\nerror_log = /x\n[www]\npm = dynamic\npm.max_children = 50 ; too many\n',
        'ini:/b': '; memory_limit = 1M\nmemory_limit = 256M\n',
      },
    })
    expect(seen.version).toBe('PHP 8.2')
    expect(seen.items[0]).toMatchObject({
      capBytes: 50 * 256 * MIB,
      cap: 'pm.max_children (50) × memory_limit 256M',
    })
    expect(seen.findings.join('\n')).toMatch(
      /= 12\.5 GiB is what their scripts alone may take, more than the limit of 512 MiB/,
    )
  })

  it.each([
    ['php_admin_value[memory_limit] = 32M', 4 * 32 * MIB],
    ['php_value[memory_limit] = "1G"', 4 * 1024 * MIB],
    ['php_admin_value[memory_limit] = -1', null],
    ['', 4 * 128 * MIB],
  ])('a pool with %j', (line, capBytes) => {
    const texts = { 'conf:/a': `[www]\npm.max_children = 4\n${line}\n` }
    const seen = view(workers(equal(2, { pss: 20, own: 10 })), { texts })
    expect(seen.items[0]?.capBytes).toBe(capBytes)
  })

  it('reads the pools that its workers name, in a recording', () => {
    const seen = viewOf(recordedServer('php-fpm/two-pools'), 'php-fpm')
    expect(seen.items[0]).toMatchObject({
      capBytes: 6 * 64 * MIB,
      cap: 'pm.max_children of api + www (6) × memory_limit 64M',
    })
  })

  it('asks for no file that the name of a pool leads elsewhere to', () => {
    const master = processState({ pid: 10, command: FPM })
    const worker = (pool: string) =>
      processState({ pid: 11, parentPid: 10, command: [`php-fpm: pool ${pool}`] })
    const phpFpm = RUNTIMES.find(({ id }) => id === 'php-fpm')
    const paths = (pool: string): string =>
      JSON.stringify(phpFpm?.questions(master, [master, worker(pool)]))
    expect(paths('shop')).toContain('root/etc/php/8.2/fpm/pool.d/shop.conf')
    expect(paths('../../../shadow')).not.toContain('shadow')
  })

  it('counts the memory of opcache once', () => {
    const told = view(workers(equal(3, { pss: 20, own: 10, shmem: 4 }))).findings.join('\n')
    expect(told).toMatch(
      /12 MiB of it are shared memory, that of opcache above all .*, counted as 96 MiB/,
    )
  })
})

it('says what it could not see: workers, or their shares', () => {
  expect(view(tree(NGINX, NGINX_WORKER, [])).findings).toEqual([
    'None of its workers is seen here.',
  ])
  const denied = tree(NGINX, NGINX_WORKER, equal(2, { pss: 9, own: 5 })).map((one) => ({
    ...one,
    pssBytes: null,
    ussBytes: null,
  }))
  expect(view(denied)).toMatchObject({ items: [], residentBytes: null, unattributedBytes: null })
  expect(view(denied).findings[0]).toMatch(/needs root or CAP_SYS_PTRACE/)
})
