using System.Globalization;
using MoR.Simulation.Scheduling;
using MoR.Simulation.Worlds;

namespace MoR.Simulation.Faults;

/// <summary>Has the faults of a plan happen when their time has come, and end.</summary>
internal sealed partial class FaultInjector
{
    private const int UsualCallbacks = 600; // of a first step, before one is known
    private const double SlowFactor = 50;
    private readonly World _world;
    private readonly Queue<Fault> _plan;
    private readonly List<Fault> _waiting = []; // whose time has come, and who found nothing that they could happen to
    private long _stepBegan;
    private long _stepCallbacks = UsualCallbacks;
    private int _running;

    public FaultInjector(World world) => (_world, _plan) = (world, new Queue<Fault>(world.Plan));

    /// <summary>How often each kind came.</summary>
    public SortedDictionary<FaultKind, int> Fired { get; } = [];

    /// <summary>When the last fault so far ended, or will.</summary>
    public long LastEnd { get; private set; }

    /// <summary>Whether no fault is going on.</summary>
    public bool IsQuiet => _running == 0;

    /// <summary>Told of every fault as it comes.</summary>
    public Action<Fault> FaultCame { get; set; } = _ => { };

    private Scheduler Scheduler => _world.Scheduler;

    /// <summary>A step begins.</summary>
    public void Begins(long step)
    {
        if (step > 1 && _stepBegan > 0)
        {
            _stepCallbacks = Math.Clamp(Scheduler.Callbacks - _stepBegan, 1, 4 * UsualCallbacks);
        }

        _stepBegan = Scheduler.Callbacks;
        if (step >= _world.Model.Steps - FaultPlan.QuietSteps)
        {
            foreach (var fault in _waiting.ToArray())
            {
                Replace(fault);
            }
        }
    }

    /// <summary>Looks whether the next fault's time has come.</summary>
    public void Look()
    {
        for (var i = 0; i < _waiting.Count; i++)
        {
            if (Happens(_waiting[i]))
            {
                Happened(_waiting[i--]);
            }
        }

        while (_plan.TryPeek(out var next)
            && (_world.Step > next.Step
                || (_world.Step == next.Step && Scheduler.Callbacks - _stepBegan >= next.Place * _stepCallbacks)))
        {
            _waiting.Add(_plan.Dequeue());
            if (Happens(next))
            {
                Happened(next);
            }
        }
    }

    /// <summary>A node said something.</summary>
    public void Heard(Slot slot, string text)
    {
        if (EpochOf(text) is { } epoch)
        {
            if (epoch < slot.Served)
            {
                _world.Laws.Break("fencing", $"{slot.Host} served epoch {slot.Served}, and now serves epoch {epoch}");
            }

            slot.Served = epoch;
        }
    }

    /// <summary>"node-1 serves run R, epoch 3, of ...": 3. By hand, as a regular expression's limit is of the wall's time.</summary>
    private static long? EpochOf(string text)
    {
        const string Serves = " serves run ";
        const string Epoch = ", epoch ";
        var at = text.IndexOf(Serves, StringComparison.Ordinal);
        var start = at < 0 ? -1 : text.IndexOf(Epoch, at, StringComparison.Ordinal);
        return start < 0
            ? null
            : long.Parse(text.AsSpan((start + Epoch.Length)..text.IndexOf(',', start + Epoch.Length)), CultureInfo.InvariantCulture);
    }

    private bool Happens(Fault fault)
    {
        var slot = _world.Slots[fault.Target % _world.Slots.Count];
        return fault.Kind switch
        {
            FaultKind.NodeCrash => Crash(slot, fault, isSilent: false),
            FaultKind.NodePowerLoss => Crash(slot, fault, isSilent: true),
            FaultKind.NodeFreeze => Freeze(slot.Process, fault),
            FaultKind.NodeSlow => Slow(slot.Process, fault),
            FaultKind.NodeDrain => Drain(slot),
            FaultKind.NodeJoin => Join(),
            FaultKind.DeviceStuck => Stick(slot, fault),
            FaultKind.DeviceError => Fail(slot, fault),
            FaultKind.ClockSkew => Skew(fault.Choice % 4 == 0 ? _world.Coordinator?.Process : slot.Process, fault),
            FaultKind.LinkReset => ResetLink(fault),
            FaultKind.PartitionOneWay => Partition(slot, fault, isTwoWay: false),
            FaultKind.PartitionTwoWay => Partition(slot, fault, isTwoWay: true),
            FaultKind.LateDelivery => Delay(slot, fault),
            FaultKind.CorruptBytes => FlipOnWay(slot, fault),
            FaultKind.ReplayedLink => Say([.. _world.Network.Recorded]),
            FaultKind.Stranger => Say(fault.Choice % 3 == 0 ? [] : "GET / HTTP/1.1\r\nHost: coordinator\r\n\r\n"u8.ToArray()),
            FaultKind.WrongMachine => JoinWrongly(),
            FaultKind.CoordinatorCrash => CrashCoordinator(fault),
            FaultKind.CoordinatorPowerLoss => CutPower(fault),
            FaultKind.CoordinatorFreeze => Freeze(_world.Coordinator?.Process, fault),
            FaultKind.CoordinatorStop => StopCoordinator(),
            FaultKind.CheckpointCorrupt => CorruptCheckpoint(fault),
            FaultKind.DiskFull => FillDisk(fault),
            FaultKind.DiskError => FailDisk(fault),
            FaultKind.StaleCoordinator => StartStale(fault),
            _ => throw new InvalidOperationException($"there is no fault {fault.Kind}"),
        };
    }

    /// <summary>The run is nearly over: another kind, for which there is something that it can happen to, comes instead.</summary>
    private void Replace(Fault fault)
    {
        var kinds = _world.Kinds;
        for (var i = 0; i < kinds.Count; i++)
        {
            var other = fault with { Kind = kinds[(int)((fault.Choice + i) % kinds.Count)] };
            if (other.Kind != fault.Kind && Happens(other))
            {
                _waiting.Remove(fault);
                Happened(other);
                return;
            }
        }
    }

    private void Happened(Fault fault)
    {
        _waiting.Remove(fault);
        Fired[fault.Kind] = Fired.GetValueOrDefault(fault.Kind) + 1;
        LastEnd = Math.Max(LastEnd, Scheduler.Now + fault.Lasts.Ticks);
        _world.Trace.Said(Scheduler.Now, "world", fault.ToString());
        FaultCame(fault);
    }

    private void Until(Fault fault, Action over)
    {
        _running++;
        Scheduler.After(fault.Lasts, () =>
        {
            _running--;
            over();
        });
    }
}
