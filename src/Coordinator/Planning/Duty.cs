namespace MoR.Coordinator.Planning;

/// <summary>What one piece of work asks of a resource.</summary>
/// <param name="Busy">Seconds for which the whole resource is occupied.</param>
/// <param name="Delay">Seconds after that until the result is there, in which others may use it.</param>
internal readonly record struct Duty(double Busy, double Delay)
{
    /// <summary>One after the other.</summary>
    public static Duty operator +(Duty one, Duty other) => new(one.Busy + other.Busy, one.Delay + other.Delay);
}
