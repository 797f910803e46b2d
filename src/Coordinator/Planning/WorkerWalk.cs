namespace MoR.Coordinator.Planning;

/// <summary>
/// Walks through one step of workers: the parameters go out to each, each runs its micro-batches, their gradients come back and are
/// added in order, one commit. A worker that has no micro-batch gets the parameters all the same.
/// </summary>
internal static class WorkerWalk
{
    /// <summary>Walks.</summary>
    /// <param name="step">What it asks of everyone.</param>
    /// <param name="sharesProcessor">Whether workers work on the coordinator's processor.</param>
    public static StepTimes Of(WorkerDuties step, bool sharesProcessor)
    {
        var events = new EventQueue();
        var coordinator = new Resource(events);
        var (sending, receiving) = (new Resource(events), new Resource(events));
        var workers = Enumerable.Range(0, step.Workers).Select(_ => sharesProcessor ? coordinator : new Resource(events)).ToArray();
        var places = step.Workers + (step.TrainsHere ? 1 : 0);
        var (isBack, summed) = (new bool[step.MicroBatches], 0);
        for (var number = 0; number < step.Workers; number++)
        {
            var (first, worker) = (number, workers[number]);
            coordinator.Take(step.Write, () => sending.Take(step.Out, () => worker.Take(step.Read, () => Run(first, worker))));
        }

        for (var number = 0; number < step.Idle; number++)
        {
            coordinator.Take(step.Write, () => sending.Take(step.Out, () => { }));
        }

        if (step.TrainsHere)
        {
            RunHere(step.Workers);
        }

        events.Run();
        var busiest = workers.Max(worker => worker.Busy);
        return new StepTimes(events.Now, coordinator.Busy, busiest, sending.Busy, receiving.Busy);

        void Run(int microBatch, Resource worker)
        {
            if (microBatch >= step.MicroBatches)
            {
                return;
            }

            worker.Take(step.MicroBatch, () =>
            {
                worker.Take(step.Write, () => receiving.Take(step.In, () =>
                    coordinator.Take(step.Read, () => Back(microBatch))));
                Run(microBatch + places, worker);
            });
        }

        void RunHere(int microBatch)
        {
            if (microBatch < step.MicroBatches)
            {
                coordinator.Take(step.MicroBatch, () =>
                {
                    Back(microBatch);
                    RunHere(microBatch + places);
                });
            }
        }

        void Back(int microBatch)
        {
            isBack[microBatch] = true;
            while (summed < step.MicroBatches && isBack[summed])
            {
                summed++;
                coordinator.Take(step.Sum, () => { });
                if (summed == step.MicroBatches)
                {
                    coordinator.Take(step.Commit, () => { });
                }
            }
        }
    }
}
