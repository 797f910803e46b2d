namespace TorchSharp;

/// <summary>A number with its kind, integer, floating or boolean, so that libtorch's type promotion works.</summary>
public readonly struct Scalar : IEquatable<Scalar>
{
    // The layout is native/src/mor.h's MorScalar.
    private readonly long integer;
    private readonly double floating;
    private readonly int kind;

    private Scalar(long integer, double floating, int kind)
    {
        this.integer = integer;
        this.floating = floating;
        this.kind = kind;
    }

    /// <summary>The dtype of a tensor made from this number alone: Int64, Float64 or Bool.</summary>
    public torch.ScalarType Type => kind switch
    {
        0 => torch.ScalarType.Int64,
        1 => torch.ScalarType.Float64,
        _ => torch.ScalarType.Bool,
    };

    internal double Number => kind == 1 ? floating : integer;

    internal long Whole => kind == 1 ? (long)floating : integer;

    public static implicit operator Scalar(byte value) => new(value, 0, 0);

    public static implicit operator Scalar(int value) => new(value, 0, 0);

    public static implicit operator Scalar(long value) => new(value, 0, 0);

    public static implicit operator Scalar(float value) => new(0, value, 1);

    public static implicit operator Scalar(double value) => new(0, value, 1);

    public static implicit operator Scalar(bool value) => new(value ? 1 : 0, 0, 2);

    public static bool operator ==(Scalar left, Scalar right) => left.Equals(right);

    public static bool operator !=(Scalar left, Scalar right) => !left.Equals(right);

    public bool Equals(Scalar other) => kind == other.kind && Number.Equals(other.Number) && Whole == other.Whole;

    public override bool Equals(object? obj) => obj is Scalar other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(kind, Number, Whole);

    public override string ToString() => kind switch
    {
        0 => $"{integer}",
        1 => $"{floating}",
        _ => $"{integer != 0}",
    };
}
