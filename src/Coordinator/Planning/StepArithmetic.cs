using MoR.Coordinator.Training;
using MoR.Model.Adapters;
using MoR.Model.Backbone;

namespace MoR.Coordinator.Planning;

/// <summary>From sizes and speeds to what a step asks of everyone. docs/PLANNING.md has the formulas.</summary>
internal sealed class StepArithmetic
{
    private const double BytesPerValue = sizeof(float);

    /// <summary>Of the backward operations of a LoRA expert, r (3 in + 2 out), those of ∂L/∂A and ∂L/∂B, r (in + out), which nobody
    /// waits for at the dispatch point; at in = out.</summary>
    private const double GradientShare = 0.4;

    /// <summary>Per trained value: a micro-batch's gradient is cleared, and read with the sum, which is written.</summary>
    private const double SumBytes = 4 * BytesPerValue;

    /// <summary>Per trained value: clipping reads the sum; AdamW reads it, and reads and writes the parameter and two moments.
    /// </summary>
    private const double CommitBytes = 8 * BytesPerValue;

    private readonly PlannedRun _run;
    private readonly MachineSpeed _machine;
    private readonly TokenWork _work;
    private readonly double _tokens;

    public StepArithmetic(PlannedRun run, MachineSpeed machine)
    {
        (_run, _machine) = (run, machine);
        _work = TokenWork.Of(run.Config, run.Spec, run.Length);
        _tokens = run.MicroBatchTokens;
        var layout = new AdapterLayout(run.Config, run.Spec);
        AdapterBytes = BytesPerValue * layout.Length;
        ExpertBytes = BytesPerValue * (layout.ShardOffsets[^1] - layout.ShardOffsets[0]);
    }

    /// <summary>Bytes of all trained values.</summary>
    public double AdapterBytes { get; }

    /// <summary>Bytes of the experts' values.</summary>
    public double ExpertBytes { get; }

    /// <summary>The busiest node's part of the experts: shards are even, and a node has whole ones.</summary>
    public static double BusiestShare(int shards, int nodes) => Math.Ceiling((double)shards / Math.Min(shards, nodes)) / shards;

    /// <summary>Adding a micro-batch's gradients to the step's.</summary>
    public Duty Sum => MachineSpeed.Shared(AdapterBytes / BytesPerValue * SumBytes / _machine.MemoryBytesPerSecond);

    /// <summary>Clipping and AdamW.</summary>
    public Duty Commit => MachineSpeed.Shared(AdapterBytes / BytesPerValue * CommitBytes / _machine.MemoryBytesPerSecond);

    /// <summary>One process for all.</summary>
    /// <param name="microBatches">How many micro-batches.</param>
    public StepDuties InProcess(int microBatches) => new(
        Points(link: null, share: 1), _run.Config.Layers, Head, Sum, Commit, default, default, microBatches, _run.Window);

    /// <summary>Experts on nodes.</summary>
    public StepDuties OnNodes(LinkSpeed link, int nodes)
    {
        var share = link.IsLocal ? 1 : BusiestShare(_run.Spec.Experts.Shards, nodes);
        var published = _run.Replicas * ExpertBytes;
        var copy = MachineSpeed.Shared(2 * ExpertBytes / _machine.MemoryBytesPerSecond)
            + _machine.OfThreads(published * _machine.SecondsPerWireByte, _run.Spec.Experts.Shards);
        return new StepDuties(
            Points(link, share), _run.Config.Layers, Head, Sum, Commit + copy, link.Sending(published),
            _machine.OfThreads(share * published * _machine.SecondsPerWireByte, 1), _run.MicroBatches, _run.Window);
    }

    /// <summary>Bytes of a step between coordinator and expert nodes: rows both ways, gradients in, parameters out.</summary>
    public (double Out, double In) ExpertTraffic => (
        (_run.Tokens * _run.Traffic.ForwardBytes) + (_run.Replicas * ExpertBytes),
        (_run.Tokens * _run.Traffic.ForwardBytes) + (_run.MicroBatches * ExpertBytes));

    private Duty Head => MachineSpeed.Shared(2 * Math.Max(
        _run.SupervisedShare * _tokens * _work.Head / _machine.OperationsPerSecond,
        (double)_run.WeightBytes * _run.Config.HiddenSize * _run.Config.VocabularySize / _machine.MemoryBytesPerSecond));

    private List<(PointDuties Forward, PointDuties Backward)> Points(LinkSpeed? link, double share) =>
        [.. Enum.GetValues<Site>().Select(site => (At(site, link, share, isForward: true), At(site, link, share, isForward: false)))];

    private PointDuties At(Site site, LinkSpeed? link, double share, bool isForward)
    {
        var work = (isForward ? _work.Forward : _work.Backward)[site];
        var (rows, deltas) = TokenTraffic.At(_run.Config, _run.Spec, _run.Wire, site);
        var (sent, returned) = isForward ? (rows * _tokens, deltas * _tokens) : (deltas * _tokens, rows * _tokens);
        var segment = MachineSpeed.Shared(work.Others * _tokens / _machine.OperationsPerSecond)
            + _machine.OfOneThread(_machine.SecondsPerDispatch);
        var around = MachineSpeed.Shared(work.Values * _tokens * BytesPerValue / 2 / _machine.ActivationBytesPerSecond);
        var weights = work.Frozen / 2 * _run.WeightBytes;
        var frozen = MachineSpeed.Shared(Math.Max(
            work.Frozen * _tokens / _machine.OperationsPerSecond, weights / _machine.MemoryBytesPerSecond));
        var parts = Math.Min(_run.Spec.Experts.Shards, _tokens * TokenTraffic.Copies(_run.Spec));
        var experts = Experts(site, work, share, isForward ? 1 : 1 - GradientShare);
        var gradients = isForward || rows == 0 ? default : Experts(site, work, share, GradientShare);
        if (link is null || rows == 0)
        {
            return new PointDuties(segment + around, frozen, default, experts, default, around, gradients, default, default);
        }

        var gradientBytes = BytesPerValue * SiteParameters(site);
        return new PointDuties(
            segment + around + Wire(sent, parts, parts),
            frozen,
            link.Sending(sent),
            Wire(share * (sent + returned), 2 * share * parts, share * parts) + experts,
            link.Sending(returned),
            around + Wire(returned, parts, parts),
            isForward ? default : gradients + Wire(share * gradientBytes, share * parts, share * parts),
            isForward ? default : link.Sending(gradientBytes),
            isForward ? default : Wire(gradientBytes, parts, parts));
    }

    /// <summary>The experts of a point on the busiest of those who hold them.</summary>
    private Duty Experts(Site site, PointWork work, double share, double part)
    {
        var spec = _run.Spec;
        var targets = new DispatchPoint(0, site).Linears.Count(spec.Experts.Targets.Contains);
        var asked = targets * Math.Min(spec.Experts.CountPerLayer.Average(), _tokens * TokenTraffic.Copies(spec));
        var bytes = BytesPerValue * SiteParameters(site);
        var products = Math.Max(
            work.Experts * _tokens / _machine.ExpertOperationsPerSecond, bytes / _machine.MemoryBytesPerSecond);
        return MachineSpeed.Shared(share * part * products)
            + _machine.OfThreads(share * part * asked * _machine.SecondsPerExpert, Math.Max(1, share * spec.Experts.Shards));
    }

    /// <summary>Values of the experts at one dispatch point of a layer.</summary>
    private double SiteParameters(Site site) => _run.Spec.Experts.RankPerLayer.Average() * _run.Spec.Experts.CountPerLayer.Average()
        * new DispatchPoint(0, site).Linears.Where(_run.Spec.Experts.Targets.Contains)
            .Sum(linear => (double)_run.Config.InputWidth(linear) + _run.Config.OutputWidth(linear));

    /// <summary>Encoding or reading so many bytes in so many messages, at one end.</summary>
    private Duty Wire(double bytes, double messages, double parts) => _machine.OfThreads(
        (bytes * _machine.SecondsPerWireByte) + (messages * _machine.SecondsPerMessage), parts);
}
