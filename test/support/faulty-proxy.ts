/**
 * A proxy before a server, which does what a file says at the moment:
 * `node faulty-proxy.ts ADDRESS PORT TARGET FILE [KEY CERTIFICATE]`.
 */
import { readFileSync } from 'node:fs'
import { createServer, request } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { setTimeout as pause } from 'node:timers/promises'

/**
 * - `pass`: hands everything on
 * - `fail`: answers 500
 * - `garbage`: answers 200 with a page of its own
 * - `late`: hands on, and answers three seconds later
 * - `forget`: hands on, and hangs up before the answer: the server has it, and the sender does not know
 */
export type Mood = 'pass' | 'fail' | 'garbage' | 'late' | 'forget'

const [address = '', port = '', target = '', file = '', key, certificate] = process.argv.slice(2)

async function handle(call: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of call) chunks.push(Buffer.from(chunk))
  const mood = readFileSync(file, 'utf8')
  if (mood === 'fail') return void response.writeHead(500).end('no')
  if (mood === 'garbage') return void response.writeHead(200).end('<html>Welcome to the hotel')
  const onward = request(
    new URL(call.url ?? '/', target),
    { method: call.method, headers: call.headers },
    (answer) => void answerWith(answer, response, mood),
  )
  onward.on('error', () => response.writeHead(502).end())
  onward.end(Buffer.concat(chunks))
}

async function answerWith(
  answer: IncomingMessage,
  response: ServerResponse,
  mood: string,
): Promise<void> {
  if (mood === 'forget') return void response.socket?.destroy()
  if (mood === 'late') await pause(3_000)
  response.writeHead(answer.statusCode ?? 502, answer.headers)
  answer.pipe(response)
}

const listener = (call: IncomingMessage, response: ServerResponse): void =>
  void handle(call, response).catch(() => response.destroy())
const server =
  key === undefined || certificate === undefined
    ? createServer(listener)
    : createSecureServer({ key: readFileSync(key), cert: readFileSync(certificate) }, listener)
server.listen(Number(port), address, () => console.error('proxy listens'))
