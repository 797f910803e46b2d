namespace MoR.Coordinator.Planning;

/// <summary>
/// Walks through one step as the engine does: up to the window of micro-batches in flight, each through its dispatch points and back,
/// their gradients added in order, one commit, one publication. Nothing is random; what two micro-batches ask for at once, the
/// resource does one after the other.
/// </summary>
internal sealed class StepWalk
{
    private readonly EventQueue _events = new();
    private readonly StepDuties _step;
    private readonly Resource _coordinator;
    private readonly Resource _node;
    private readonly Resource _out;
    private readonly Resource _in;
    private readonly bool[] _isDone;
    private int _begun;
    private int _summed;
    private bool _isSumming;

    private StepWalk(StepDuties step, bool sharesProcessor)
    {
        _step = step;
        _coordinator = new Resource(_events);
        _node = sharesProcessor ? _coordinator : new Resource(_events);
        (_out, _in) = (new Resource(_events), new Resource(_events));
        _isDone = new bool[step.MicroBatches];
    }

    /// <summary>Walks.</summary>
    /// <param name="step">The step.</param>
    /// <param name="sharesProcessor">Whether nodes work on the coordinator's processor, or are the coordinator itself.</param>
    public static StepTimes Of(StepDuties step, bool sharesProcessor)
    {
        var walk = new StepWalk(step, sharesProcessor);
        walk.Begin();
        walk._events.Run();
        return new StepTimes(walk._events.Now, walk._coordinator.Busy, walk._node.Busy, walk._out.Busy, walk._in.Busy);
    }

    private int Points => _step.Layers * _step.Points.Count;

    private void Begin()
    {
        while (_begun < _step.MicroBatches && _begun - _summed < _step.Window)
        {
            new MicroBatch(this, _begun++).Forward(0);
        }
    }

    private void Done(int microBatch)
    {
        _isDone[microBatch] = true;
        SumNext();
    }

    private void SumNext()
    {
        if (_isSumming || _summed == _step.MicroBatches || !_isDone[_summed])
        {
            return;
        }

        _isSumming = true;
        _coordinator.Take(_step.Sum, () =>
        {
            (_isSumming, _summed) = (false, _summed + 1);
            Begin();
            SumNext();
            if (_summed == _step.MicroBatches)
            {
                _coordinator.Take(_step.Commit, () => _out.Take(_step.PublishOut, () => _node.Take(_step.PublishNode, () => { })));
            }
        });
    }

    /// <summary>Where a micro-batch is.</summary>
    private sealed class MicroBatch(StepWalk walk, int number)
    {
        private int _gradients;
        private bool _isBack;

        public void Forward(int point)
        {
            if (point == walk.Points)
            {
                walk._coordinator.Take(walk._step.Head, () => Backward(point - 1));
                return;
            }

            Pass(At(point).Forward, () => Forward(point + 1), hasGradients: false);
        }

        private void Backward(int point)
        {
            if (point < 0)
            {
                _isBack = true;
                EndIfDone();
                return;
            }

            Pass(At(point).Backward, () => Backward(point - 1), hasGradients: true);
        }

        private (PointDuties Forward, PointDuties Backward) At(int point) => walk._step.Points[point % walk._step.Points.Count];

        private void Pass(PointDuties duties, Action then, bool hasGradients) => walk._coordinator.Take(duties.Segment, () =>
        {
            var open = 2;
            walk._coordinator.Take(duties.Frozen, Joined);
            walk._out.Take(duties.Out, () => walk._node.Take(duties.Node, () =>
            {
                walk._in.Take(duties.In, Joined);
                if (hasGradients)
                {
                    Gradients(duties);
                }
            }));

            void Joined()
            {
                if (--open == 0)
                {
                    walk._coordinator.Take(duties.Accept, then);
                }
            }
        });

        /// <summary>Nobody waits for these before the micro-batch's end.</summary>
        private void Gradients(PointDuties duties)
        {
            _gradients++;
            walk._node.Take(duties.Gradients, () => walk._in.Take(duties.GradientsIn, () =>
                walk._coordinator.Take(duties.GradientsAccept, () =>
                {
                    _gradients--;
                    EndIfDone();
                })));
        }

        private void EndIfDone()
        {
            if (_isBack && _gradients == 0)
            {
                walk.Done(number);
            }
        }
    }
}
