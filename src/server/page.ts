/** The page: files that the build made, held in memory, compressed once. */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { extname, join, relative, sep } from 'node:path'
import { brotliCompressSync, constants } from 'node:zlib'
import type { Context } from 'hono'

export interface Page {
  handle(context: Context): Response
}

interface Asset {
  type: string
  plain: Uint8Array<ArrayBuffer>
  brotli: Uint8Array<ArrayBuffer>
  tag: string
  /** Its name changes with its content. */
  isLasting: boolean
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
}

/** At the best quality the start would take a second longer for a few per cent (measured: 24 ms, and 843 ms). */
const FAST = { [constants.BROTLI_PARAM_QUALITY]: 6 }
/** Where the build puts what has a name by its content. */
const BUILT = '/assets/'
const NOT_BUILT = 'the page is not built: npm run build\n'

/** Reads the files of a folder. Every path that names none of them is the page itself: it finds its view by the path. */
export function openPage(folder: string): Page {
  const assets = new Map<string, Asset>()
  if (!existsSync(folder)) return { handle: (context) => context.text(NOT_BUILT, 404) }
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    assets.set(`/${relative(folder, path).split(sep).join('/')}`, assetOf(path))
  }
  return {
    handle(context) {
      const { path } = context.req
      const asset = assets.get(path) ?? assets.get('/index.html')
      if (asset === undefined) return context.text(NOT_BUILT, 404)
      // A part of a page that was replaced meanwhile: the page itself in its place would be taken for a program.
      if (path.startsWith(BUILT) && !assets.has(path)) return context.text('it is gone\n', 404)
      return send(context, asset)
    },
  }
}

function assetOf(path: string): Asset {
  const plain = new Uint8Array(readFileSync(path))
  return {
    type: TYPES[extname(path)] ?? 'application/octet-stream',
    plain,
    brotli: new Uint8Array(brotliCompressSync(plain, { params: FAST })),
    tag: `"${createHash('sha256').update(plain).digest('base64url').slice(0, 22)}"`,
    isLasting: /-[\w-]{8,64}\.\w{1,16}$/.test(path),
  }
}

function send(context: Context, asset: Asset): Response {
  const headers = {
    'content-type': asset.type,
    etag: asset.tag,
    'cache-control': asset.isLasting ? 'public, max-age=31536000, immutable' : 'no-cache',
    vary: 'accept-encoding',
  }
  if (context.req.header('if-none-match') === asset.tag) return context.body(null, 304, headers)
  const isPressed = /\bbr\b/.test(context.req.header('accept-encoding') ?? '')
  return isPressed
    ? context.body(asset.brotli, 200, { ...headers, 'content-encoding': 'br' })
    : context.body(asset.plain, 200, headers)
}
