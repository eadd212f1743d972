/**
 * Everything that is measured of scans, as one page: `node bench/scan/report.ts FILE [--rounds N]`
 * Runs memory.ts, speed.ts and differences.ts of this folder one after the other, shows what they print, and writes it down as
 * Markdown with the machine. Takes an hour with five rounds, and needs a machine that does nothing else.
 */
import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { machineLine } from './machine.ts'

const PARTS = [
  { title: 'Memory', file: 'memory.ts' },
  { title: 'Time', file: 'speed.ts' },
  { title: 'Packages', file: 'differences.ts' },
] as const

const [output, ...flags] = process.argv.slice(2)
if (output === undefined) throw new Error('write: node bench/scan/report.ts FILE [--rounds N]')
const pages = [`# Scans of images, measured\n\n${machineLine()}\n`]
for (const { title, file } of PARTS) {
  const text = await shown(file, file === 'speed.ts' ? flags : [])
  pages.push(`## ${title}\n\n\`node bench/scan/${file}\`\n\n\`\`\`text\n${text.trim()}\n\`\`\`\n`)
}
writeFileSync(output, pages.join('\n'))

function shown(file: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const argv = [fileURLToPath(new URL(file, import.meta.url)), ...args]
    const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'] })
    const pieces: string[] = []
    child.stdout.setEncoding('utf8').on('data', (piece: string) => {
      process.stdout.write(piece)
      pieces.push(piece)
    })
    child.on('error', reject)
    child.on('close', (code) => {
      if (code !== 0) process.exitCode = 1
      resolve(pieces.join(''))
    })
  })
}
