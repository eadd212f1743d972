/** The change as text for those who change a cluster through a repository. */
import { stringify } from 'yaml'
import { field, textField } from '../../../parsers/json-fields.ts'
import type { ManifestForm } from '../../driver.ts'
import { within } from './change.ts'
import { KINDS, nameOf } from './cluster.ts'
import { containersOf, type Memory } from './containers.ts'
import { helmRelease } from './managers.ts'
import type { Place } from './place.ts'

export function manifestOf(place: Place, form: ManifestForm): string {
  return form === 'helm' ? helmValues(place) : kustomizePatch(place)
}

/** A strategic merge patch. It is found by its target, so that it does not matter where the namespace is set. */
function kustomizePatch({ name, template, container, after }: Place): string {
  const file = `${name.name}-memory.yaml`
  const patch = {
    ...KINDS[name.kind],
    metadata: { name: name.name },
    ...within(template, {
      spec: { [container.list]: [{ name: container.name, resources: resourcesOf(after) }] },
    }),
  }
  return [
    `# Memory of container ${container.name} of ${nameOf(name)}.`,
    `# Save it as ${file} beside kustomization.yaml, and add there:`,
    '#   patches:',
    `#     - path: ${file}`,
    `#       target: { kind: ${KINDS[name.kind].kind}, name: ${name.name} }`,
    stringify(patch),
  ].join('\n')
}

/** Charts name their values as they like; most keep to what `helm create` writes, below the name of a component. */
function helmValues(place: Place): string {
  const { name, object, container, after } = place
  const release = helmRelease(object)
  const path = valuesPath(place)
  const values = path.reduceRight<object>((inner, key) => ({ [key]: inner }), resourcesOf(after))
  return [
    `# Memory of container ${container.name} of ${nameOf(name)}, as values of its chart.`,
    `# Where the chart reads it from is a guess: ${path.join('.')}. Compare with 'helm show values CHART'; in a subchart, it stands`,
    '# below the name of that chart. Right it is when this shows the new limit:',
    `#   helm template ${release ?? 'RELEASE'} CHART -f FILE`,
    release === null
      ? '# Nothing on the object says that Helm made it.'
      : `# Then: helm upgrade ${release} CHART --namespace ${releaseNamespace(place)} --reuse-values -f FILE`,
    stringify(values),
  ].join('\n')
}

function releaseNamespace({ object, name }: Place): string {
  const note = 'meta.helm.sh/release-namespace'
  return textField(object, 'metadata', 'annotations', note) ?? name.namespace
}

function valuesPath({ object, template, container }: Place): string[] {
  const label = (key: string): string | null => textField(object, 'metadata', 'labels', key)
  const chart = label('helm.sh/chart')?.replace(/-v?\d+\..*$/, '') ?? null
  const component = label('app.kubernetes.io/component')
  const known = [chart, label('app.kubernetes.io/name'), component]
  const isMain =
    containersOf(field(object, ...template, 'spec')).length === 1 || known.includes(container.name)
  return [
    ...(component === null || component === chart ? [] : [camelCase(component)]),
    ...(isMain ? [] : [camelCase(container.name)]),
    'resources',
  ]
}

function camelCase(word: string): string {
  return word.replace(/[-_.]{1,63}(\w)/g, (_, letter: string) => letter.toUpperCase())
}

function resourcesOf({ limit, request }: Memory): object {
  return {
    ...(limit === null ? {} : { limits: { memory: limit } }),
    ...(request === null ? {} : { requests: { memory: request } }),
  }
}
