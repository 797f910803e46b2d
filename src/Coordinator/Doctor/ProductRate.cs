namespace MoR.Coordinator.Doctor;

/// <summary>The measured speed of float32 matrix products.</summary>
/// <param name="Threads">Threads that shared the work.</param>
/// <param name="Gigaflops">10⁹ additions and multiplications per second.</param>
public sealed record ProductRate(int Threads, double Gigaflops);
