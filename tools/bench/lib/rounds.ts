import type { Session } from "./bench";
import type { Turn } from "./statistics";

interface Plan<Contender, Task> {
  readonly contenders: readonly Contender[];
  readonly tasks: readonly Task[];
  /** Counted rounds; one more before them warms up. */
  readonly rounds: number;
}

/** Lets every contender play every task, in turns, round after round. A round that is stopped is dropped. */
export async function playRounds<Contender extends { readonly name: string }, Task, Played extends object>(
  { contenders, tasks, rounds }: Plan<Contender, Task>,
  { progress: startProgress, stopped }: Session,
  play: (contender: Contender, task: Task, isWarmUp: boolean) => Promise<Played>,
): Promise<{ readonly turns: readonly (Played & Turn)[]; readonly rounds: number }> {
  const progress = startProgress((rounds + 1) * tasks.length * contenders.length, "turns");
  const turns: (Played & Turn)[] = [];
  let [counted, done] = [0, 0];
  try {
    for (let round = 0; round <= rounds && !stopped(); round++) {
      const ofRound: (Played & Turn)[] = [];
      for (const task of tasks) {
        // Every contender has every place in the order equally often.
        for (let place = 0; place < contenders.length && !stopped(); place++) {
          const contender = contenders[(place + round) % contenders.length];
          if (!contender) continue;
          progress.update(done++, contender.name);
          ofRound.push({ ...(await play(contender, task, round === 0)), contender: contender.name, round });
        }
      }
      if (stopped() || round === 0) continue;
      turns.push(...ofRound);
      counted++;
    }
  } finally {
    progress.stop();
  }
  return { turns, rounds: counted };
}
