namespace MoR.Coordinator.CommandLine;

/// <summary>Reads one argument's text; false when it is not an allowed value.</summary>
public delegate bool ValueReader<T>(string text, out T value);
