using MoR.Model.Parameters;

namespace MoR.Model.Adapters;

/// <summary>Where the values of one parameter are in a folder.</summary>
/// <param name="Name">The tensor's name.</param>
/// <param name="Rows">Rows that are stored; the parameter's others are zero.</param>
/// <param name="Columns">Columns that are stored; the parameter's others are zero.</param>
/// <param name="Factor">What stored values are multiplied by.</param>
internal sealed record StoredTensor(string Name, int Rows, int Columns, double Factor)
{
    /// <summary>The parameter as this program writes it.</summary>
    public static StoredTensor Own(Parameter parameter) => new(parameter.Name, parameter.Rows, parameter.Columns, 1);
}
