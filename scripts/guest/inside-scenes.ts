/**
 * Runs in a guest: makes page cache and shared pages of each kind, and writes what was seen as one JSON file.
 * `node scripts/guest/inside-scenes.ts FILE`
 */
import { writeFileSync } from 'node:fs'
import { allScenes } from '../../test/support/all-scenes.ts'

const [file = '/out/scenes.json'] = process.argv.slice(2)
const scenes = await allScenes('/scratch/files', { merge: true })
writeFileSync(file, `${JSON.stringify(scenes, null, 1)}\n`)
