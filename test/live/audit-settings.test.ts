import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { MIB } from '../../src/model/bytes.ts'
import { createGroup } from '../support/cgroups.ts'
import type { TestGroup } from '../support/cgroups.ts'
import { askFastCgi } from '../support/fast-cgi.ts'
import { requireParts } from '../support/parts.ts'
import { foundBy, type Repository } from '../support/repository.ts'
import { startPhpFpm, startPostgres, titledIn } from '../support/server-starters.ts'
import { run, testbedFolder, tryRun, until } from '../support/testbed.ts'

const groups: TestGroup[] = []
let folder = ''

beforeEach(() => {
  folder = testbedFolder(`audit-settings-${process.pid}`)
})
afterEach(async () => {
  for (const made of groups.splice(0)) await made.remove()
  rmSync(folder, { recursive: true, force: true })
})

function group(limitMib: number): TestGroup {
  const made = createGroup(`audit-settings-${groups.length}`, limitMib * MIB)
  groups.push(made)
  return made
}

/** The files of a repository on the disk, as the program reads them. */
function written(files: Repository): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, name, '..'), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
}

function service(image: string, lines: string, limitMib: number): Repository {
  return {
    'compose.yaml': `services:\n  it:\n    image: ${image}\n    volumes: [".:/it"]\n    working_dir: /it\n    ${lines}\n    mem_limit: ${limitMib}m\n`,
  }
}

describe.skipIf(requireParts('root', 'redis'))('redis.conf, read by a real Redis', () => {
  async function start(conf: string, ...options: readonly string[]) {
    const socket = join(folder, 'redis.sock')
    written({ 'redis.conf': `port 0\nunixsocket ${socket}\ndir ${folder}\n${conf}` })
    const { child } = group(512).start(['redis-server', join(folder, 'redis.conf'), ...options])
    child.stdout?.resume()
    const cli = (...args: string[]): string => run(['redis-cli', '-s', socket, ...args])
    await until('redis answers', () => tryRun(['redis-cli', '-s', socket, 'ping']).status === 0)
    return { cli, socket }
  }
  const value = (answer: string): string => answer.trimEnd().split('\n')[1] ?? ''
  const judge = (conf: string, options = ''): string[] =>
    foundBy(/B0[123]/, {
      ...service('redis:7', `command: redis-server /it/redis.conf ${options}`, 512),
      'redis.conf': conf,
    })

  it('has the last value of the file, and that of the command line above it', async () => {
    const conf = 'maxmemory 100mb\nMAXMEMORY "400mb"\n'
    expect(judge(conf)).toEqual(['redis.conf:2:12 B02 400mb'])
    const { cli } = await start(conf)
    expect(value(cli('config', 'get', 'maxmemory'))).toBe(String(400 * MIB))
  })

  it('has what the command line says, where both say it', async () => {
    expect(judge('maxmemory 400mb\n', '--maxmemory 200mb')).toEqual([])
    const { cli } = await start('maxmemory 400mb\n', '--maxmemory', '200mb')
    expect(value(cli('config', 'get', 'maxmemory'))).toBe(String(200 * MIB))
  })

  it.each([
    ['maxmemory 300mb\n', true],
    ['maxmemory 300mb\nsave ""\n', false],
    ['maxmemory 300mb\nsave ""\nsave 60 1000\n', true],
    ['maxmemory 300mb\nsave 60 1000\nsave ""\n', false],
    ['maxmemory 300mb\nsave ""\nappendonly YES\n', true],
  ])('saves or does not, as the rule says: %j', async (conf, saves) => {
    expect(judge(conf)).toHaveLength(saves ? 1 : 0)
    const { cli } = await start(conf)
    const save = value(cli('config', 'get', 'save'))
    const log = value(cli('config', 'get', 'appendonly'))
    expect(save !== '' || log === 'yes').toBe(saves)
  })

  it.each([
    ['', true],
    ['client-output-buffer-limit replica 8mb 8mb 60\n', false],
  ])('B03: what a replica does not read grows beside maxmemory: %j', async (limit, grows) => {
    const conf = `save ""\nmaxmemory 20mb\nmaxmemory-policy allkeys-lru\nrepl-diskless-sync-delay 0\n${limit}`
    const asJudged = `min-replicas-to-write 1\n${conf}`
      .replace('20mb', '260mb')
      .replace('8mb 8mb', '128mb 8mb')
    expect(judge(asJudged).filter((line) => line.includes(' B03 '))).toHaveLength(grows ? 1 : 0)
    const { cli, socket } = await start(conf)
    // A replica that gets its snapshot and is never heard of again.
    const replica = connect(socket)
    replica.on('error', () => replica.destroy())
    replica.once('data', () => replica.pause().write('PSYNC ? -1\r\n'))
    replica.write('REPLCONF capa eof\r\n')
    const used = (): number => Number(/^used_memory:(\d+)/m.exec(cli('info', 'memory'))?.[1])
    await until('it is a replica', () => /^connected_slaves:1/m.test(cli('info', 'replication')))
    await until('its snapshot is sent', () =>
      /^rdb_bgsave_in_progress:0/m.test(cli('info', 'persistence')),
    )
    const write = 'for i=1,100 do redis.call("set", KEYS[1]..i, string.rep("x", 65536)) end'
    for (let round = 0; round < 15; round++) cli('eval', write, '1', `key:${round}:`)
    expect(used() > 60 * MIB).toBe(grows)
    replica.destroy()
  })
})

describe.skipIf(requireParts('root', 'postgresql'))(
  'postgresql.conf, read by a real PostgreSQL',
  () => {
    it('has what is included and what stands behind it', async () => {
      const files = {
        'postgresql.conf': `shared_buffers 1GB\ninclude_dir = 'conf.d'\nwork_mem = '64MB' # each\n`,
        'conf.d/a.conf': 'shared_buffers = 16MB\nmax_connections = 20\n',
        'conf.d/b.conf': 'Shared_Buffers = 128MB\n',
      }
      const compose = service(
        'postgres:17',
        'command: postgres -c config_file=/it/postgresql.conf',
        256,
      )
      expect(foundBy(/B0[56]/, { ...compose, ...files })).toEqual([
        'conf.d/a.conf:2:19 B06 20',
        'conf.d/b.conf:1:18 B05 128MB',
      ])
      const data = join(folder, 'pg')
      mkdirSync(data)
      mkdirSync(join(data, 'data-of-tests'))
      const included = files['postgresql.conf'].replace("'conf.d'", `'${join(data, 'conf.d')}'`)
      for (const [name, text] of Object.entries(files)) written({ [`pg/${name}`]: text })
      const { client } = await startPostgres(group(512), data, included)
      expect(client('-c', 'show shared_buffers').trim()).toBe('128MB')
      expect(client('-c', 'show max_connections').trim()).toBe('20')
      expect(client('-c', 'show work_mem').trim()).toBe('64MB')
    })
  },
)

describe.skipIf(requireParts('root', 'web-servers'))(
  'settings of PHP, read by a real php-fpm',
  () => {
    const POOL = 'pm = static\npm.max_children = 2\n'

    /** What one request gets that wants so much, and how many workers the pool then has that were not replaced. */
    async function request(ini: string, pool: string, wantsMib: number): Promise<string> {
      written({
        'x.php': `<?php $x = str_repeat('x', ${wantsMib} << 20); echo 'done ', strlen($x) >> 20;`,
      })
      await startPhpFpm(group(96), folder, { www: `${POOL}${pool}` }, ini)
      return askFastCgi(join(folder, 'www.sock'), join(folder, 'x.php'))
    }

    function judge(ini: string, pool: string): string[] {
      return foundBy(/P04/, {
        'compose.yaml': `services:\n  it:\n    image: php:8-fpm\n    volumes:\n      - ./php.ini:/usr/local/etc/php/php.ini\n      - ./pool.d:/usr/local/etc/php-fpm.d\n    mem_limit: 96m\n`,
        'php.ini': ini,
        'pool.d/www.conf': `[www]\n${POOL}${pool}`,
      })
    }

    it('P04: without a limit the worker is killed, and nobody gets an answer', async () => {
      expect(judge('memory_limit = -1\n', '')).toEqual(['php.ini:1:16 P04 -1'])
      const answer = await request('memory_limit = -1\n', '', 200)
      expect(answer).not.toMatch(/done|Allowed memory size/)
    })

    it('P04: with one the request fails with a message, and the workers live on', async () => {
      expect(judge('memory_limit = 40M\n', '')).toEqual([])
      const answer = await request('memory_limit = 40M\ndisplay_errors = 1\n', '', 200)
      expect(answer).toContain('Allowed memory size of 41943040 bytes exhausted')
      expect(titledIn(groups[0] ?? group(1), /pool www/)).toBe(2)
    })

    it('takes the value of the pool, and not that of php.ini', async () => {
      const pool = 'php_admin_value[memory_limit] = 40M\n'
      expect(judge('memory_limit = -1\n', pool)).toEqual([])
      const answer = await request('memory_limit = -1\ndisplay_errors = 1\n', pool, 200)
      expect(answer).toContain('Allowed memory size of 41943040 bytes exhausted')
    })
  },
)

describe.skipIf(requireParts('web-servers'))('gunicorn.conf.py, read by a real gunicorn', () => {
  function printed(name: string, ...options: readonly string[]): string {
    const words = ['gunicorn', '--print-config', '-c', join(folder, 'gunicorn.conf.py'), ...options]
    const { stdout } = tryRun(['env', '-C', folder, ...words, 'app:app'])
    return new RegExp(`^${name} += (.*)$`, 'm').exec(stdout)?.[1] ?? stdout
  }
  const judge = (conf: string, options = ''): string[] =>
    foundBy(/P0[125]/, {
      ...service(
        'python:3.12-slim',
        `command: gunicorn -c gunicorn.conf.py ${options} app:app`,
        256,
      ),
      'gunicorn.conf.py': conf,
    })

  it.each([
    ['workers = 30\nthreads: int = 4  # each\n', '', '30', ['1:11 P01 30', '2:16 P05 4']],
    ['workers = 30\n', '-w 2', '2', []],
    ['workers = 30\nif True:\n    workers = 3\n', '', '3', []],
    ["note = '''\nworkers = 30\n'''\n", '', '1', []],
  ])(
    'has the number that the rule says, or the rule says none: %j %s',
    (conf, options, count, found) => {
      expect(judge(conf, options)).toEqual(found.map((line) => `gunicorn.conf.py:${line}`))
      written({ 'gunicorn.conf.py': conf, 'app.py': 'app = None\n' })
      expect(printed('workers', ...options.split(' ').filter(Boolean))).toBe(count)
    },
  )
})

describe.skipIf(requireParts('root', 'java'))('files of options, read by a real Java', () => {
  async function heapOf(...options: readonly string[]): Promise<number> {
    const { child, ended } = group(1024).start([
      'java',
      ...options,
      '-XX:+PrintFlagsFinal',
      '-version',
    ])
    let text = ''
    child.stdout?.on('data', (chunk: Buffer) => (text += chunk.toString()))
    child.stderr?.resume()
    const closed = new Promise((resolve) => child.on('close', resolve))
    await ended
    await closed
    return Number(/ MaxHeapSize +:?= (\d+)/.exec(text)?.[1])
  }

  it('are read as the rule reads them: comments, quotes, several on a line, the last one wins', async () => {
    const text = '# -Xmx3g\n-Xmx200m "-Dname=a b" # -Xmx4g\n-Xmx1200m -Dx=y\n'
    const compose = service(
      'registry.example.com/web:1',
      'command: [java, "@/it/jvm.args", -jar, a.jar]',
      1024,
    )
    expect(foundBy(/J01/, { ...compose, 'jvm.args': text })).toEqual(['jvm.args:3:1 J01 -Xmx1200m'])
    written({ 'jvm.args': text })
    expect(await heapOf(`@${join(folder, 'jvm.args')}`)).toBe(1200 * MIB)
  })

  it('are read by the JVM itself where an option names them', async () => {
    const text = '-Xmx200m -Dx="a b"\n-Xmx1200m\n'
    const compose = service(
      'registry.example.com/web:1',
      'command: [java, "-XX:VMOptionsFile=/it/vm", -jar, a.jar]',
      1024,
    )
    expect(foundBy(/J01/, { ...compose, vm: text })).toEqual(['vm:2:1 J01 -Xmx1200m'])
    written({ vm: text })
    expect(await heapOf(`-XX:VMOptionsFile=${join(folder, 'vm')}`)).toBe(1200 * MIB)
  })
})

describe('.npmrc, read by a real npm', () => {
  it('stands above NODE_OPTIONS for what npm starts, and the last line wins', () => {
    const npmrc =
      'node-options=--max-old-space-size=300\nnode-options = --max-old-space-size=1400 ; heap\n'
    const compose = service(
      'node:24-slim',
      'environment: {NODE_OPTIONS: --max-old-space-size=100}\n    command: npm start',
      512,
    )
    expect(foundBy(/N02/, { ...compose, '.npmrc': npmrc })).toEqual([
      '.npmrc:2:16 N02 --max-old-space-size=1400',
    ])
    const start = 'node -p "require(\'v8\').getHeapStatistics().heap_size_limit"'
    written({ '.npmrc': npmrc, 'package.json': JSON.stringify({ scripts: { start } }) })
    const { stdout } = tryRun([
      'env',
      '-C',
      folder,
      'NODE_OPTIONS=--max-old-space-size=100',
      'npm',
      'start',
      '-s',
    ])
    expect(Number(stdout)).toBeGreaterThan(1400 * MIB)
    expect(Number(stdout)).toBeLessThan(1600 * MIB)
  })
})
