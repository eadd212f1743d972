/** The JSON documents of images, checked. Their text comes from anywhere. */
import * as z from 'zod/mini'
import { redactInspected } from '../../evidence/redact.ts'
import { MIB } from '../../model/bytes.ts'
import { usageError } from '../../model/errors.ts'
import {
  DIGEST,
  type Descriptor,
  type ImageConfig,
  type ImageIndex,
  type ImageManifest,
  type ImagePlatform,
} from '../../model/image.ts'
import { isHeavy, jsonOrNull } from './json.ts'
import { CONFIG_TYPES, INDEX_TYPES, MANIFEST_TYPES } from './media-types.ts'

/** Registries refuse larger manifests, too. */
export const MAX_DOCUMENT_BYTES = 4 * MIB

/** A here-document of a Dockerfile can be longer; what shows an image needs no more of it. */
const MAX_CHARACTERS = 1024

const Text = z.nullish(z.string())
const Texts = z.nullish(z.array(z.string()))
const TextMap = z.nullish(z.record(z.string(), z.nullable(z.string())))

const PlatformShape = z.object({
  os: Text,
  architecture: Text,
  variant: Text,
})

const DescriptorShape = z.object({
  mediaType: Text,
  digest: z.string().check(z.regex(DIGEST)),
  size: z.int().check(z.gte(0)),
  platform: z.nullish(PlatformShape),
  annotations: TextMap,
  urls: Texts,
})

const IndexShape = z.object({
  mediaType: Text,
  manifests: z.nullish(z.array(DescriptorShape)),
})

const ManifestShape = z.object({
  mediaType: Text,
  config: DescriptorShape,
  layers: z.nullish(z.array(DescriptorShape)),
})

const ConfigShape = z.object({
  os: Text,
  architecture: Text,
  variant: Text,
  created: Text,
  rootfs: z.object({
    diff_ids: z.nullish(z.array(z.string().check(z.regex(DIGEST)))),
  }),
  history: z.nullish(z.array(z.object({ created_by: Text, empty_layer: z.nullish(z.boolean()) }))),
  config: z.nullish(
    z.object({
      Entrypoint: Texts,
      Cmd: Texts,
      Env: Texts,
      User: Text,
      WorkingDir: Text,
      Labels: TextMap,
    }),
  ),
})

const ArchiveShape = z.array(
  z.object({
    Config: z.string(),
    RepoTags: Texts,
    Layers: Texts,
  }),
)

/** An entry of the `manifest.json` of an archive of Docker. */
export interface ArchiveEntry {
  config: string
  names: readonly string[]
  /** Paths inside of the archive, lowest first. */
  layers: readonly string[]
}

export type ManifestOrIndex =
  | { kind: 'manifest'; manifest: ImageManifest }
  | { kind: 'index'; index: ImageIndex }

/**
 * Reads a manifest or an index.
 *
 * @param mediaType as a registry or a descriptor calls it; null where nobody does
 * @throws StellaError 2
 */
export function readManifest(
  bytes: Uint8Array,
  mediaType: string | null,
  where: string,
): ManifestOrIndex {
  const json = parsedJson(bytes, where)
  const has = (name: string): boolean => name in json && json[name] !== null
  const type = typeof json['mediaType'] === 'string' ? json['mediaType'] : (mediaType ?? '')
  if (json['schemaVersion'] === 1 || (/manifest\.v1\+/.test(type) && type.includes('docker'))) {
    throw usageError(
      'its manifest is of schema 1, which Docker gave up in 2019',
      where,
      'push the image again with a present docker or podman',
    )
  }
  // One text that two readers understand differently is an old trick. CVE-2021-41190
  if (has('manifests') && (has('layers') || has('config'))) {
    throw usageError('it is a manifest and an index at once', where, 'do not trust this image')
  }
  if (INDEX_TYPES.includes(type) || (has('manifests') && !MANIFEST_TYPES.includes(type))) {
    const { manifests } = checked(IndexShape, json, 'index', where)
    return {
      kind: 'index',
      index: { mediaType: type, manifests: (manifests ?? []).map(descriptorOf) },
    }
  }
  const { config, layers } = checked(ManifestShape, json, 'manifest', where)
  const manifest = {
    mediaType: type,
    config: descriptorOf(config),
    layers: (layers ?? []).map(descriptorOf),
  }
  // Charts, signatures, models and policies are kept in registries the same way.
  if (manifest.config.mediaType !== '' && !CONFIG_TYPES.includes(manifest.config.mediaType)) {
    const kind = manifest.config.mediaType.slice(0, 100)
    throw usageError(`it is no container image: ${kind}`, where, 'name an image')
  }
  return { kind: 'manifest', manifest }
}

/** @throws StellaError 2 */
export function readConfig(bytes: Uint8Array, where: string): ImageConfig {
  const json = checked(ConfigShape, parsedJson(bytes, where), 'config', where)
  const { config, rootfs, history } = json
  return redactInspected({
    platform: platformOf(json),
    created: timeOf(json.created),
    diffIds: rootfs.diff_ids ?? [],
    history: (history ?? []).map(({ created_by: command, empty_layer: empty }) => ({
      createdBy: textOrNull(short(command ?? '')),
      isEmpty: empty === true,
    })),
    entrypoint: (config?.Entrypoint ?? []).map(short),
    command: (config?.Cmd ?? []).map(short),
    environmentNames: (config?.Env ?? []).map((variable) => short(variable.split('=', 1)[0] ?? '')),
    user: textOrNull(config?.User),
    workingDirectory: textOrNull(config?.WorkingDir),
    labels: texts(config?.Labels),
  })
}

/** @throws StellaError 2 */
export function readArchiveManifest(bytes: Uint8Array, where: string): readonly ArchiveEntry[] {
  const entries = checked(ArchiveShape, parsed(bytes, where), 'manifest.json', where)
  return entries.map(({ Config: config, RepoTags: names, Layers: layers }) => ({
    config,
    names: names ?? [],
    layers: layers ?? [],
  }))
}

function descriptorOf(shape: z.infer<typeof DescriptorShape>): Descriptor {
  return {
    mediaType: shape.mediaType ?? '',
    digest: shape.digest,
    sizeBytes: shape.size,
    platform:
      shape.platform === null || shape.platform === undefined ? null : platformOf(shape.platform),
    annotations: texts(shape.annotations),
    urls: shape.urls ?? [],
  }
}

function platformOf({
  os,
  architecture,
  variant,
}: z.infer<typeof PlatformShape>): ImagePlatform | null {
  if (textOrNull(os) === null || textOrNull(architecture) === null) return null
  return { os: os ?? '', architecture: architecture ?? '', variant: textOrNull(variant) }
}

function timeOf(text: string | null | undefined): string | null {
  const at = Date.parse(text ?? '')
  return Number.isNaN(at) ? null : new Date(at).toISOString()
}

function textOrNull(text: string | null | undefined): string | null {
  return text === undefined || text === '' ? null : text
}

function texts(map: z.infer<typeof TextMap>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(map ?? {}).map(([name, value]) => [short(name), short(value ?? '')]),
  )
}

function short(text: string): string {
  return text.slice(0, MAX_CHARACTERS)
}

function parsedJson(bytes: Uint8Array, where: string): Record<string, unknown> {
  return checked(z.record(z.string(), z.unknown()), parsed(bytes, where), 'document', where)
}

function parsed(bytes: Uint8Array, where: string): unknown {
  if (isHeavy(bytes)) {
    throw usageError('it has too many values, or is nested too deep', where, 'name another image')
  }
  const json = jsonOrNull(new TextDecoder('utf-8').decode(bytes))
  if (json !== null) return json
  throw usageError('it is no JSON', where, 'the image is damaged: get it again')
}

function checked<T>(schema: z.ZodMiniType<T>, json: unknown, what: string, where: string): T {
  const result = schema.safeParse(json)
  if (result.success) return result.data
  const place = result.error.issues[0]?.path.join('.') ?? ''
  throw usageError(
    `its ${what} is not as the specification has it${place === '' ? '' : `, at ${place.slice(0, 100)}`}`,
    where,
    'build or get the image again',
  )
}
