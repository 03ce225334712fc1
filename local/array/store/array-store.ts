import { randomUUID } from 'node:crypto';
import type {
  ArrayConnection,
  GroupSnapshot,
  Host,
  HostGroup,
  ProtectionGroup,
  Reference,
  Resource,
  Volume,
  VolumeSnapshot,
} from './model.ts';
import { type Restore, saveAll, saveFields, saveMap, together } from './save.ts';
import type { IdSource } from './seeded-ids.ts';
import { Table } from './table.ts';

/** How long a destroyed object stays pending eradication: the shortest that an array offers. */
export const ERADICATION_DELAY_MS = 86_400_000;

/** One array: its objects, its sessions and the lists that are being paged through. */
export class ArrayStore {
  readonly id: string;
  readonly name: string;
  apiToken: string;
  readonly sessionIdleMs: number;
  readonly ids: IdSource;
  /** Whether a volume that is overwritten keeps its own `created`, instead of taking that of the image. */
  keepsCreated: boolean;
  /** Bytes. */
  readonly capacity: number;
  readonly used: number;
  readonly volumes = new Table<Volume>();
  readonly volumeSnapshots = new Table<VolumeSnapshot>();
  readonly groups = new Table<ProtectionGroup>();
  readonly groupSnapshots = new Table<GroupSnapshot>();
  readonly hosts = new Table<Host>();
  readonly hostGroups = new Table<HostGroup>();
  readonly connections: ArrayConnection[] = [];
  /** What the replicas here were taken of: nothing but an id and a name. */
  readonly replicaVolumes = new Table<Reference>();
  /** What stands behind a continuation token: the items still to come, by key. */
  readonly cursors = new Map<string, readonly string[]>();
  readonly #sessions = new Map<string, number>();
  readonly #containers = new Map<string, Reference>();

  constructor(identity: {
    id: string;
    name: string;
    apiToken: string;
    sessionIdleMs: number;
    ids: IdSource;
    keepsCreated: boolean;
    capacity: number;
    used: number;
  }) {
    this.id = identity.id;
    this.name = identity.name;
    this.apiToken = identity.apiToken;
    this.sessionIdleMs = identity.sessionIdleMs;
    this.ids = identity.ids;
    this.keepsCreated = identity.keepsCreated;
    this.capacity = identity.capacity;
    this.used = identity.used;
  }

  /** Opens a session. Its token is no secret worth seeding. */
  openSession(now: number): string {
    const token = randomUUID();
    this.#sessions.set(token, now);
    return token;
  }

  /** True if the session lives; using it keeps it alive. */
  useSession(token: string, now: number): boolean {
    const lastUse = this.#sessions.get(token);
    const alive = lastUse !== undefined && now - lastUse < this.sessionIdleMs;
    if (alive) this.#sessions.set(token, now);
    else this.#sessions.delete(token);
    return alive;
  }

  closeSession(token: string): void {
    this.#sessions.delete(token);
  }

  closeAllSessions(): void {
    this.#sessions.clear();
  }

  /** The pod, volume group or protocol endpoint of that name: nothing but an id and a name here. */
  container(name: string | null): Reference | null {
    if (name === null) return null;
    const known = this.#containers.get(name.toLowerCase());
    if (known !== undefined) return known;
    const made = { id: this.ids.id(), name };
    this.#containers.set(name.toLowerCase(), made);
    return made;
  }

  /**
   * Saves all that can change here, which hosts and their groups cannot; the state of connections included, which belongs
   * to both of their ends. Going back to an earlier checkpoint undoes transfers, so those that are complete are saved too.
   */
  save(): Restore {
    const { keepsCreated } = this;
    const transfers = this.groupSnapshots.all().flatMap(({ transfer }) => transfer ?? []);
    return together([
      saveAll([
        this.ids,
        this.volumes,
        this.volumeSnapshots,
        this.groups,
        this.groupSnapshots,
        this.replicaVolumes,
      ]),
      ...[...transfers, ...this.connections.map(({ link }) => link)].map(saveFields),
      ...[this.cursors, this.#sessions, this.#containers].map((map) =>
        saveMap<string, unknown>(map),
      ),
      () => {
        this.keepsCreated = keepsCreated;
      },
    ]);
  }

  /** Eradicates what has been destroyed for long enough. */
  eradicateDue(now: number): void {
    eradicateDue(this.volumes, now);
    eradicateDue(this.volumeSnapshots, now);
    eradicateDue(this.groups, now);
    eradicateDue(this.groupSnapshots, now);
  }
}

function eradicateDue<T extends Resource>(table: Table<T>, now: number): void {
  for (const object of table.all()) {
    if (object.destroyedAt !== null && now - object.destroyedAt >= ERADICATION_DELAY_MS) {
      table.remove(object);
    }
  }
}
