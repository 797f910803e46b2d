namespace MoR.Coordinator.Configuration;

/// <summary>What a column of a row must hold for the row to be an item; the empty text also stands for JSON's null.</summary>
public readonly record struct ColumnCondition(string Column, string Value);
