using MoR.Model.Json;

namespace MoR.Model.Backbone;

/// <summary>
/// The rotary embedding's keys in <c>config.json</c>: <c>rope_theta</c> beside <c>rope_scaling</c>, or both within
/// <c>rope_parameters</c>, as transformers writes them from version 5 on.
/// </summary>
internal static class RopeConfig
{
    private const double DefaultTheta = 10000;

    /// <summary>Base and scaling of the frequencies.</summary>
    /// <exception cref="MoR.Cluster.Errors.InputException">A key is wrong, or asks for a scaling that is not done here.
    /// </exception>
    public static (double Theta, RopeScaling? Scaling) Read(JsonSection root)
    {
        if (root.HasContent("rope_scaling") && root.HasContent("rope_parameters"))
        {
            throw root.Wrong("rope_parameters", "it is given together with rope_scaling, and only one of them can count");
        }

        var key = root.HasContent("rope_parameters") ? "rope_parameters" : "rope_scaling";
        var section = root.HasContent(key) ? root.Section(key) : null;
        RefusePartial(root);
        var outer = Theta(root);
        if (section is null)
        {
            return (outer ?? DefaultTheta, null);
        }

        RefusePartial(section);
        var inner = Theta(section);
        if (inner is not null && outer is not null && inner != outer)
        {
            throw section.Wrong("rope_theta", $"{inner} contradicts the file's other rope_theta, {outer}");
        }

        return (inner ?? outer ?? DefaultTheta, ReadScaling(section));
    }

    private static RopeScaling? ReadScaling(JsonSection section)
    {
        var (type, olderType) = (section.Text("rope_type", null), section.Text("type", null));
        if (type is not null && olderType is not null && type != olderType)
        {
            throw section.Wrong("type", $"\"{olderType}\" contradicts rope_type \"{type}\"");
        }

        switch (type ?? olderType ?? "default")
        {
            case "default":
                return null;
            case "linear":
                return new LinearRopeScaling(Factor(section));
            case "llama3":
                var low = section.RequiredNumber("low_freq_factor", 1e-6, 1e6);
                var high = section.RequiredNumber("high_freq_factor", 1e-6, 1e6);
                return high > low
                    ? new Llama3RopeScaling(
                        Factor(section), low, high, section.RequiredInteger("original_max_position_embeddings", 1, 1 << 24))
                    : throw section.Wrong("high_freq_factor", $"{high} is not above low_freq_factor {low}");
            case var other:
                throw section.Wrong(
                    type is null ? "type" : "rope_type",
                    $"\"{other}\" is not supported, only default, linear and llama3 are");
        }
    }

    private static double Factor(JsonSection section) => section.RequiredNumber("factor", 1, 1e6);

    private static double? Theta(JsonSection section) => section.Number("rope_theta", 1, 1e12);

    private static void RefusePartial(JsonSection section)
    {
        if (section.Number("partial_rotary_factor", 0, 1) is { } part and not 1)
        {
            throw section.Wrong("partial_rotary_factor", $"{part} is not supported, only 1 is (whole heads are turned)");
        }
    }
}
