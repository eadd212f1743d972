import { describe, expect, it } from 'vitest'
import { prepared, sinceChange } from './commands.ts'

describe('commands with their values', () => {
  it.each(['; rm -rf /', '$(reboot)', '`id`', 'a b', "it's", '"', '* | sh', '${image}'])(
    'keep %j as one word',
    (value) => {
      const ready = prepared(['grep ${word} /etc/hosts'], new Map([['word', value]]), 'check')
      expect(ready).toEqual({ ok: true, commands: [[['grep', value, '/etc/hosts']]] })
    },
  )

  it.each(['-rf', '--output=x', 'a\nb', 'a\0b', 'a\u001b[2J', 'a\u009b', '', ' a'])(
    'refuse %j, whatever output it came from',
    (value) => {
      const ready = prepared(['grep ${word} /etc/hosts'], new Map([['word', value]]), 'change')
      expect(ready).toMatchObject({ ok: false, isMissing: false })
    },
  )

  it('refuse to look with a value that makes it change something', () => {
    const values = new Map([['what', 'rm']])
    expect(prepared(['docker ${what} web'], values, 'check')).toMatchObject({ ok: false })
    expect(prepared(['docker ${what} web'], new Map([['what', 'inspect']]), 'check').ok).toBe(true)
  })

  it('say which value is not there', () => {
    const ready = prepared(['stella scanner jobs show ${job}'], new Map(), 'check')
    expect(ready).toMatchObject({ ok: false, isMissing: true })
    expect(ready.ok ? '' : ready.says).toContain('--param job=')
  })

  it('look back to the change, and not beyond it', () => {
    const programs = [
      ['stella', 'scanner', 'logs', '--filter', 'out of memory', '--last', '1h'],
      ['docker', 'logs', '--since=10m', 'web'],
      ['stella', 'why', 'docker:web', '--since', '1h'],
      ['grep', '--', '1h'],
    ]
    expect(sinceChange(programs, 10_000, 75_900)).toEqual([
      [
        'stella',
        'scanner',
        'logs',
        '--filter',
        'out of memory',
        '--last',
        '1970-01-01T00:00:10.000Z',
      ],
      ['docker', 'logs', '--since=1970-01-01T00:00:10.000Z', 'web'],
      ['stella', 'why', 'docker:web', '--since', '65s'],
      ['grep', '--', '1h'],
    ])
  })
})
