import CloudOff from 'lucide-solid/icons/cloud-off'
import { Show } from 'solid-js'
import { Time } from '../../components/time.tsx'
import { reasonWords, stepName } from '../../probe/probe-words.ts'
import type { PartnerDetails } from '../partners/partner-queries.ts'

/** Why the partner's last capture failed, and what to do about it. */
export const PartnerTrouble = (props: { sync: PartnerDetails['sync'] }) => (
  <Show when={props.sync.lastError}>
    {(error) => (
      <section aria-labelledby="partner-trouble" class="card mb-4 flex items-start gap-3 border-critical p-4">
        <CloudOff size={20} aria-hidden="true" class="mt-0.5 shrink-0 text-critical" />
        <div class="min-w-0 text-sm wrap-anywhere">
          <h2 id="partner-trouble" class="font-semibold text-critical">
            {reasonWords(error().reason).title}
          </h2>
          <p>{error().message}</p>
          <p class="text-muted">{reasonWords(error().reason).advice}</p>
          <p class="mt-1 text-muted">
            Failed at “{stepName(error())}” <Time at={error().at} />;{' '}
            <span class="numeric">
              {props.sync.consecutiveFailures} {props.sync.consecutiveFailures === 1 ? 'capture' : 'captures'}
            </span>{' '}
            in a row.
          </p>
        </div>
      </section>
    )}
  </Show>
)
