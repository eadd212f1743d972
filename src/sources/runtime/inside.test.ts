import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { run } from '../../../test/support/testbed.ts'
import type { Answer } from '../../model/question.ts'
import { hostReader } from '../reader.ts'
import { ask } from './ask.ts'

/** A machine in a folder: beside the container of process 7 lies what it must not lead us to. */
let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stella-inside-'))
  write('etc/shadow', 'of the host')
  write('proc/7/task/7/stat', '7 (app) S 1')
  write('proc/7/root/etc/app.conf', 'of the container')
  write('proc/7/cwd/local.conf', 'of the folder')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), text)
}

function link(path: string, target: string): void {
  mkdirSync(dirname(join(folder, 'proc/7', path)), { recursive: true })
  symlinkSync(target, join(folder, 'proc/7', path))
}

function read(path: string, maxBytes = 1000): Promise<Answer> {
  const question = { kind: 'file', id: 'x', path, maxBytes } as const
  return ask(hostReader({ root: folder }), 7, question, new AbortController().signal)
}

it('reads files of a container, through its links, too', async () => {
  link('root/srv/conf', '/etc')
  link('root/srv/up.conf', '../etc/app.conf')
  link('cwd/linked.conf', '/etc/app.conf')
  expect(await read('root/etc/app.conf')).toMatchObject({ ok: true, text: 'of the container' })
  expect(await read('root/srv/conf/app.conf')).toMatchObject({ text: 'of the container' })
  expect(await read('root/srv/up.conf')).toMatchObject({ text: 'of the container' })
  expect(await read('cwd/local.conf')).toMatchObject({ text: 'of the folder' })
  expect(await read('cwd/linked.conf')).toMatchObject({ text: 'of the container' })
})

it('is not led out of it, by links or by names that a process chose', async () => {
  link('root/etc/away.conf', join(folder, 'etc/shadow'))
  link('root/etc/up.conf', '../../../../../../etc/shadow')
  link('cwd/away.conf', '../../../etc/shadow')
  for (const path of [
    'root/etc/away.conf',
    'root/etc/up.conf',
    'root/../../../etc/shadow',
    'cwd/away.conf',
    'cwd/../../../etc/shadow',
  ]) {
    const answer = await read(path)
    expect(answer.ok ? answer.text : answer.why).toMatch(/does not exist there/)
  }
})

it('reads nothing but plain files, and no more than it was told to', async () => {
  expect(await read('root/etc')).toMatchObject({ ok: false, why: '/etc is no file' })
  expect(await read('root/')).toMatchObject({ ok: false, why: '/ is no file' })
  run(['mkfifo', join(folder, 'proc/7/root/pipe')])
  expect(await read('root/pipe')).toMatchObject({ ok: false, why: '/pipe is no file' })
  expect(await read('root/etc/app.conf', 6)).toMatchObject({
    ok: true,
    text: 'of the',
    truncated: true,
  })
})
