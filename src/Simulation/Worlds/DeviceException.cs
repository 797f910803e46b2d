namespace MoR.Simulation.Worlds;

/// <summary>A node's device failed, because the world wanted it to.</summary>
internal sealed class DeviceException() : Exception("the device failed");
