using MoR.Model.Backbone;
using MoR.Model.Parameters;
using MoR.Model.Routing;

namespace MoR.Model.Adapters;

/// <summary>
/// Where each parameter of an adapter lies in one flat vector: first the routers, so that all weights that read one
/// activation are one matrix, then the shards one after another, so that a shard is one block of memory.
/// </summary>
public sealed class AdapterLayout : ParameterLayout
{
    private const string Prefix = "base_model.model.model.";
    private readonly List<RouterSite> _sites = [];
    private readonly List<RouterSite>[] _sitesAt;
    private readonly Dictionary<(int Layer, Linear Linear, int Expert), LoraExpert> _experts = [];
    private readonly Dictionary<(int Layer, Linear Linear), RouterSite> _siteOf = [];

    /// <summary>Lays out the adapter of <paramref name="spec"/> on a backbone.</summary>
    public AdapterLayout(LlamaConfig config, AdapterSpec spec)
        : this(config, spec, RouterCatalogue.Create(spec.Router, allowNonCausal: true))
    {
    }

    /// <summary>The same with a routing method that the catalogue need not know.</summary>
    public AdapterLayout(LlamaConfig config, AdapterSpec spec, IRouter? router)
    {
        Config = config;
        Spec = spec;
        Router = router;
        _sitesAt = [.. Enumerable.Range(0, config.DispatchPoints).Select(_ => new List<RouterSite>())];
        if (Router is not null)
        {
            AddRouters(Router);
        }

        ShardOffsets = new long[spec.Experts.Shards + 1];
        for (var shard = 0; shard < spec.Experts.Shards; shard++)
        {
            ShardOffsets[shard] = Length;
            AddShard(shard);
        }

        ShardOffsets[^1] = Length;
    }

    /// <summary>The backbone's architecture.</summary>
    public LlamaConfig Config { get; }

    /// <summary>What is laid out.</summary>
    public AdapterSpec Spec { get; }

    /// <summary>The routing method, or null for plain LoRA.</summary>
    public IRouter? Router { get; }

    /// <summary>Number of trained values of the routers; the others are the experts'.</summary>
    public long RouterCount => _sites.SelectMany(site => site.Weights).Sum(weight => weight.Count);

    /// <summary>Where each shard begins, and the end of the last; [shards + 1].</summary>
    public long[] ShardOffsets { get; }

    /// <summary>All router sites.</summary>
    public IReadOnlyList<RouterSite> Sites => _sites;

    /// <summary>The layout of an adapter's parameters.</summary>
    /// <exception cref="ArgumentException">They are not an adapter's.</exception>
    public static AdapterLayout Of(ParameterVector parameters) => parameters.Layout as AdapterLayout
        ?? throw new ArgumentException($"these are the parameters of a {parameters.Layout.GetType().Name}", nameof(parameters));

    /// <summary>The routers that read the activation of a dispatch point; their weights are one matrix.</summary>
    public IReadOnlyList<RouterSite> SitesAt(DispatchPoint point) => _sitesAt[point.Index];

    /// <summary>The weights of those routers in their order, without a gap.</summary>
    public IReadOnlyList<Parameter> RouterWeightsAt(DispatchPoint point) =>
        [.. SitesAt(point).SelectMany(site => site.Weights)];

    /// <summary>The router that decides for a linear, or null if it has no experts or there is no router.</summary>
    public RouterSite? SiteOf(int layer, Linear linear) => _siteOf.GetValueOrDefault((layer, linear));

    /// <summary>True if the linear has experts.</summary>
    public bool IsTarget(Linear linear) => Spec.Experts.Targets.Contains(linear);

    /// <summary>One expert's matrices.</summary>
    public LoraExpert Expert(int layer, Linear linear, int expert) => _experts[(layer, linear, expert)];

    private void AddRouters(IRouter router)
    {
        for (var index = 0; index < Config.DispatchPoints; index++)
        {
            var point = DispatchPoint.At(index);
            var targets = point.Linears.Where(IsTarget).ToArray();
            switch (Spec.Router.Scope)
            {
                case RouterScope.Linear:
                    foreach (var linear in targets)
                    {
                        AddSite(router, point, linear.Path(), [linear]);
                    }

                    break;
                case RouterScope.Dispatch when targets.Length > 0:
                    AddSite(router, point, point.Site.Path(), targets);
                    break;
                case RouterScope.Block when point.Site == Site.Qkv:
                    AddSite(router, point, "block", Enum.GetValues<Linear>().Where(IsTarget));
                    break;
            }

            Align();
        }
    }

    /// <summary>Sites that read one activation follow each other without a gap.</summary>
    private void AddSite(IRouter router, DispatchPoint point, string path, IEnumerable<Linear> served)
    {
        var (experts, width) = (Spec.Experts.CountPerLayer[point.Layer], Config.InputWidth(point.Site));
        var name = $"layers.{point.Layer}.{path}";
        var weights = router.Weights(experts)
            .Select(weight => Add($"{Prefix}{name}.router.{weight.Name}.weight", weight.Rows, width, weight.Zero))
            .ToArray();
        var site = new RouterSite(_sites.Count, name, point, experts, weights);
        _sites.Add(site);
        _sitesAt[point.Index].Add(site);
        foreach (var linear in served)
        {
            _siteOf[(point.Layer, linear)] = site;
        }
    }

    private void AddShard(int shard)
    {
        for (var layer = 0; layer < Config.Layers; layer++)
        {
            foreach (var linear in Spec.Experts.Targets)
            {
                for (var expert = shard; expert < Spec.Experts.CountPerLayer[layer]; expert += Spec.Experts.Shards)
                {
                    var name = $"{Prefix}layers.{layer}.{linear.Path()}." + (Spec.IsPlainLora ? "" : $"experts.{expert}.");
                    var rank = Spec.Experts.RankPerLayer[layer];
                    var a = Add(name + "lora_A.weight", rank, Config.InputWidth(linear), zero: false);
                    Align();
                    var b = Add(name + "lora_B.weight", Config.OutputWidth(linear), rank, zero: true);
                    Align();
                    _experts[(layer, linear, expert)] = new LoraExpert(a, b);
                }
            }
        }
    }

    private Parameter Add(string name, int rows, int columns, bool zero) =>
        Add(name, [rows, columns], zero ? InitialValue.Zero : InitialValue.KaimingUniform);
}
