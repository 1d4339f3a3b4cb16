import type { InferResponseType } from 'hono/client'
import type { Client } from '../../api/client.ts'

type Alerts = Client['alerts']

/** An alert as the API shows it, and what belongs to it. */
export type AlertView = InferResponseType<Alerts['index']['$get'], 200>['alerts'][number]
export type DeliveryView = InferResponseType<Alerts['deliveries']['$get'], 200>['deliveries'][number]
export type ChannelView = InferResponseType<Alerts['channels']['$get'], 200>[number]
export type MaintenanceView = InferResponseType<Alerts['maintenance']['$get'], 200>[number]
export type RuleSetView = InferResponseType<Alerts['rules']['$get'], 200>
export type RuleView = RuleSetView['rules'][number]
export type PreviewedAlert = InferResponseType<Alerts['rules']['preview']['$post'], 200>['alerts'][number]
