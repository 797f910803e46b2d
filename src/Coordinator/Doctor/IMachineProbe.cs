namespace MoR.Coordinator.Doctor;

/// <summary>Looks at the machine.</summary>
public interface IMachineProbe
{
    /// <summary>Everything that can be read.</summary>
    MachineFacts Read();

    /// <summary>Measures products for a few seconds. Only where the tensor library loads.</summary>
    ProductRate Measure(int threads);
}
