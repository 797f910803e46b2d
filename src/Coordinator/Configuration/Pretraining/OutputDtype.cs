namespace MoR.Coordinator.Configuration.Pretraining;

/// <summary>Type of the stored weights.</summary>
public enum OutputDtype
{
    F32,
    BF16,
}
