namespace MoR.Coordinator.Doctor;

/// <summary>Something on this machine that costs speed or safety.</summary>
/// <param name="What">The fact, without a period.</param>
/// <param name="NextStep">What to do, a full sentence.</param>
public sealed record DoctorWarning(string What, string NextStep);
