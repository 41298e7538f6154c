package org.nnl.data;

/**
 * What a data block gives.
 *
 * @param train      trained on
 * @param validation held back for choosing when to stop; null if none
 * @param test       never looked at before the end; null if none
 * @param fit        labels and scales, taken from the training rows
 * @param shuffle    whether the order of examples may change from epoch to epoch
 */
public record DataSets(Examples train, Examples validation, Examples test, Fit fit, boolean shuffle) {}
