/**
 * A shop and its users: node shop.mjs USERS UNTIL
 * Users sign in one after the other, 1 MiB each, and come back at any time. When all are there, a new release is rolled out: the service
 * gets SIGTERM, the next one takes over, and everybody comes back. Where one of them is not known any more, or the service dies,
 * all begin anew.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { setTimeout as rest } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const SIZE = 2 ** 20
const FOLDER = fileURLToPath(new URL('disk', import.meta.url))
const [users, until] = process.argv.slice(2).map(Number)

if (process.send === undefined) await comeAndGo()
else await serve()

async function serve() {
  writeFileSync('/proc/self/comm', 'shop')
  const { createSessions } = await import('./sessions.mjs')
  const sessions = createSessions({ folder: FOLDER })
  process.on('SIGTERM', async () => {
    await sessions.close()
    process.exit(0)
  })
  process.on('disconnect', () => process.exit(1))
  process.on('message', async ({ user, signsIn }) => {
    const mark = 1 + (user % 255)
    if (signsIn) await sessions.set(`user-${user}`, Buffer.alloc(SIZE, mark))
    const session = await sessions.get(`user-${user}`)
    process.send(session?.length === SIZE && session[0] === mark && session[SIZE - 1] === mark)
  })
  process.send('ready')
}

async function comeAndGo() {
  setTimeout(() => process.exit(0), until * 1_000 - Date.now())
  for (;;) {
    rmSync(FOLDER, { recursive: true, force: true })
    mkdirSync(FOLDER)
    say(0)
    let service = await begin()
    try {
      for (let user = 1; user <= users; user++) {
        await ask(service, user, true)
        await ask(service, anyOf(user), false)
        say(user)
        await rest(5)
      }
      service = await rollOut(service)
      for (let user = 1; user <= users; user++) await ask(service, user, false)
      say(users + 1)
      for (;;) {
        await ask(service, anyOf(users), true)
        await ask(service, anyOf(users), false)
        await rest(50)
      }
    } catch (error) {
      console.log(`${error.message}: all users begin anew`)
      service.kill('SIGKILL')
      await rest(1_000)
    }
  }
}

async function begin() {
  const service = fork(fileURLToPath(import.meta.url), process.argv.slice(2))
  await answerOf(service)
  return service
}

async function rollOut(service) {
  console.log('a new release: the service is told to leave')
  const left = once(service, 'exit')
  service.kill('SIGTERM')
  await left
  return begin()
}

async function ask(service, user, signsIn) {
  service.send({ user, signsIn })
  if ((await answerOf(service)) !== true) throw new Error(`user ${user} is not known any more`)
}

function answerOf(service) {
  return new Promise((resolve, reject) => {
    function ended(code, signal) {
      service.off('message', answered)
      reject(new Error(`the service ended by ${signal ?? `exit ${code}`}`))
    }
    function answered(says) {
      service.off('exit', ended)
      resolve(says)
    }
    service.once('exit', ended).once('message', answered)
  })
}

/** The last is that all are known after the release. */
function say(done) {
  console.log(`batch ${done} of ${users + 1}`)
}

function anyOf(count) {
  return 1 + Math.floor(Math.random() * count)
}
