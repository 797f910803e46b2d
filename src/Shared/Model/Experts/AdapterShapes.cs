using System.Text;
using MoR.Cluster.Errors;
using MoR.Cluster.Protocol.Wire;
using MoR.Model.Adapters;
using MoR.Model.Backbone;
using MoR.Torch;
using static TorchSharp.torch;

namespace MoR.Model.Experts;

/// <summary>An adapter's shape as it travels to a node, in the texts that model folders and adapter folders hold.</summary>
public static class AdapterShapes
{
    /// <summary>The shape of an adapter.</summary>
    /// <param name="backboneConfig">The backbone's <c>config.json</c>.</param>
    /// <param name="spec">The adapter.</param>
    /// <param name="wire">How rows travel.</param>
    public static AdapterShape Write(string backboneConfig, AdapterSpec spec, WireType wire)
    {
        using var config = new MemoryStream();
        AdapterConfigFile.Write(spec, backbonePath: "", fingerprint: null, config);
        return new AdapterShape
        {
            BackboneConfig = backboneConfig,
            AdapterConfig = Encoding.UTF8.GetString(config.ToArray()),
            Rows = WireRows.TypeOf(wire, float32),
        };
    }

    /// <summary>The layout of an adapter's parameters, and how rows travel.</summary>
    /// <exception cref="WireFormatException">A text is no configuration that this program knows, or there is no such type.
    /// </exception>
    public static (AdapterLayout Layout, WireType Wire) Read(AdapterShape shape)
    {
        var config = Parse("backbone_config", () => LlamaConfigFile.Parse(shape.BackboneConfig, "config.json of the coordinator"));
        var spec = Parse("adapter_config", () => AdapterConfigFile.Parse(
            shape.AdapterConfig, "adapter_config.json of the coordinator", config, notice: _ => { }));
        foreach (var wire in Enum.GetValues<WireType>())
        {
            if (WireRows.TypeOf(wire, float32) == shape.Rows)
            {
                return (new AdapterLayout(config, spec), wire);
            }
        }

        throw new WireFormatException(nameof(AdapterShape), "rows", $"{shape.Rows}", "a type of rows");
    }

    private static T Parse<T>(string field, Func<T> parse)
    {
        try
        {
            return parse();
        }
        catch (InputException cause)
        {
            throw new WireFormatException(nameof(AdapterShape), field, $"a text ({cause.Problem})", "a configuration", cause);
        }
    }
}
